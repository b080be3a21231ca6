/** CloudFormation takes 4 KiB of reason; the caller's own words (role, break-glass hint) need room as well. */
export const MESSAGE_LIMIT = 1024;
const THIRD_PARTY_LIMIT = 160;

/** One line, no control, format or surrogate characters: what goes to a terminal, a log and CloudFormation alike. */
export function oneLine(text: string, limit: number = MESSAGE_LIMIT): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return Buffer.byteLength(line) <= limit ? line : `${cut(line, limit - 3)}...`;
}

function cut(text: string, bytes: number): string {
  // A character that was cut in half decodes to the replacement character.
  return Buffer.from(text).subarray(0, bytes).toString().replace(/\uFFFD+$/, '');
}

/** Makes text that a server chose fit for a message. */
export interface Redactor {
  /** Hides one more secret from now on (a token that was just handed out). */
  add(secret: string): void;
  clean(text: string): string;
}

/**
 * Hides the credentials in whatever a server says, in each form in which a server has seen them: a registry that
 * echoes the Authorization header in its error page is no reason to write it to a log.
 */
export function createRedactor(username: string, password: string): Redactor {
  const hidden = new Set<string>();
  const hide = (text: string) => {
    const base64 = Buffer.from(text).toString('base64');
    const json = JSON.stringify(text).slice(1, -1);
    for (const form of [text, base64, base64.replace(/=+$/, ''), Buffer.from(text).toString('base64url'), encodeURIComponent(text), json]) {
      if (form !== '') {
        hidden.add(form.toLowerCase());
      }
    }
  };
  // A user name of one or two letters (GHCR takes any) is no secret, and would mask every word.
  [...username.length > 2 ? [username] : [], password, `${username}:${password}`].forEach(hide);
  return {
    add: hide,
    clean: (text) => oneLine(mask(text, [...hidden].sort((a, b) => b.length - a.length)), THIRD_PARTY_LIMIT),
  };
}

/** Compares in lower case, since servers normalize what they echo; masks before anything is cut, so that no half remains. */
function mask(text: string, hidden: string[]): string {
  let rest = text.toLowerCase().length === text.length ? text : text.toLowerCase();
  for (const secret of hidden) {
    const lower = rest.toLowerCase();
    let masked = '';
    let from = 0;
    for (let at = lower.indexOf(secret); at >= 0; at = lower.indexOf(secret, from)) {
      masked += `${rest.slice(from, at)}***`;
      from = at + secret.length;
    }
    rest = masked + rest.slice(from);
  }
  return rest;
}
