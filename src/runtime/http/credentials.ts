/** A user name and a password or token, as HTTP Basic authentication sends them. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  /** The only hosts that may get them; `undefined`: any. */
  readonly hosts?: readonly string[];
  /** Until when they are valid, as whoever stored them declared it: an instant (ISO 8601, UTC). */
  readonly expiresOn?: string;
  /** Why a declared date is not understood. */
  readonly expiryProblem?: string;
}

/** For a check without credentials. No secret has an empty user name. */
export const NO_LOGIN: Credentials = { username: '', password: '' };

export function isLogin({ username }: Credentials): boolean {
  return username !== '';
}

/** RFC 7617; in UTF-8, like the clients of all registries. */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
