import { oneLine } from './text';
import { Credentials } from '../http/credentials';

const THIRD_PARTY_LIMIT = 160;

/**
 * Makes text from a server fit for a message. It hides the credentials in each form in which a server has seen them, because some
 * registries echo the Authorization header in their error pages.
 */
export class Redactor {
  /** In lower case. */
  private readonly hidden = new Set<string>();

  constructor({ username, password }: Credentials) {
    if (password === '') {
      return;
    }
    // A user name of one or two letters (GHCR accepts any) is no secret, and would mask every word.
    if (username.length > 2) {
      this.add(username);
    }
    this.add(password);
    this.add(`${username}:${password}`);
  }

  /** Hides one more secret from now on, for example a token that was just issued. */
  public add(secret: string): void {
    const bytes = Buffer.from(secret);
    const base64 = bytes.toString('base64');
    const json = JSON.stringify(secret).slice(1, -1);
    for (const form of [secret, base64, base64.replace(/=+$/, ''), bytes.toString('base64url'), encodeURIComponent(secret), json]) {
      if (form !== '') {
        this.hidden.add(form.toLowerCase());
      }
    }
  }

  public clean(text: string): string {
    const longestFirst = [...this.hidden].sort((a, b) => b.length - a.length);
    return oneLine(mask(text, longestFirst), THIRD_PARTY_LIMIT);
  }
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
