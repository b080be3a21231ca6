import { lifetimeWarning } from '../verdict/advice';
import { MessageContext } from '../verdict/message-context';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Days. An expiry that is further away is no "but". */
const SOON = 30;

/** What a yes adds about the time in which it stays one. It begins with a comma, and is empty where nothing is known. */
export function expiryRemark({ registry, credentials, credentialsName }: MessageContext, expiresOn: string | undefined, now: number): string {
  const warning = lifetimeWarning(registry, credentials);
  if (warning !== undefined) {
    return `, but ${warning}`;
  }
  if (expiresOn === undefined) {
    return '';
  }
  const days = daysUntil(expiresOn, now);
  const [they, expire] = credentialsName.startsWith('the login') ? ['it', 'expires'] : ['they', 'expire'];
  if (days < 0) {
    const step = expiresOn === credentials.expiresOn ? '; correct "expiresOn" if that is the date of an earlier token' : '';
    return `, although ${they} expired on ${expiresOn.slice(0, 10)}${step}`;
  }
  const time = days === 0 ? ` at ${expiresOn.slice(11, 16)} UTC, ${inTime(Math.floor((Date.parse(expiresOn) - now) / HOUR), 'hour')}` : `, ${inTime(days, 'day')}`;
  return `, ${days < SOON ? 'but' : 'and'} ${they} ${expire} on ${expiresOn.slice(0, 10)}${time}`;
}

/** As people count, from one date to another. Less than 24 hours are no day, and the past is less than none. */
export function daysUntil(instant: string, now: number): number {
  const end = Date.parse(instant);
  return end - now >= DAY ? Math.floor(end / DAY) - Math.floor(now / DAY) : end > now ? 0 : -1;
}

function inTime(count: number, unit: string): string {
  return count === 0 ? `within the ${unit}` : `in ${count} ${unit}${count === 1 ? '' : 's'}`;
}
