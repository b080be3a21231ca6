const FORM = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)? ?(Z|UTC|[+-]\d{2}:?\d{2}))?$/;

/** The same instants for people, to declare one. */
export const ACCEPTED = 'a day (2027-03-31, the credentials are refused from 00:00 UTC on) or an instant (2027-03-31T18:00:00Z)';

/**
 * An instant in ISO 8601 and UTC, from a day, which ends the credentials as it begins in UTC, or from an instant with its time zone.
 * Throws a RangeError if the text is neither; its message does not repeat the text.
 */
export function instantOf(text: string): string {
  const parts = FORM.exec(text);
  if (parts === null) {
    throw new RangeError('has a form that is not accepted');
  }
  const [year, month, ...rest] = parts.slice(1, 7).map((part: string | undefined) => Number(part ?? 0));
  const milliseconds = Number((parts[7] ?? '').padEnd(3, '0').slice(0, 3));
  const local = new Date(Date.UTC(year, month - 1, rest[0], rest[1], rest[2], rest[3], milliseconds));
  // Date counts on where a month or an hour ends: 31 February is 3 March.
  const read = [local.getUTCDate(), local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
  const isReal = local.getUTCFullYear() === year && local.getUTCMonth() === month - 1 && read.join() === rest.join();
  const offset = offsetOf(parts[8]);
  const instant = isReal && offset !== undefined ? isoText(local.getTime() - offset) : undefined;
  if (instant === undefined) {
    throw new RangeError('is a day or a time that does not exist');
  }
  return instant;
}

/** The same from seconds since the epoch; `undefined` if that is no time of people. */
export function instantOfSeconds(seconds: number): string | undefined {
  return seconds > 0 ? isoText(seconds * 1_000) : undefined;
}

function isoText(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  // A later year has more digits, and is a mistake.
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? undefined : date.toISOString();
}

/** Milliseconds east of UTC. */
function offsetOf(zone: string = 'Z'): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [undefined, '+', '00', '00'];
  return Number(hours) < 24 && Number(minutes) < 60 ? Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) * 60_000 : undefined;
}
