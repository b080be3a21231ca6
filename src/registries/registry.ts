/**
 * What the library has to know about a registry when an app is synthesized and when an image is checked. It is in the bundle of
 * the pull check; what only people need is in `guides/`.
 */
export interface Registry {
  /** Identifies the registry in templates, so it never changes. */
  readonly key: string;
  readonly label: string;
  /** The host in image references, then the other hosts that its credentials are for. Empty where each customer has another host. */
  readonly hosts: readonly string[];
  /** Matches the customers' hosts. Anchored: `x.azurecr.io.attacker.com` is not Azure. */
  readonly hostPattern?: RegExp;
  /** The ends of these hosts that are the same for all customers. A host that is only almost one of these is a typing error. */
  readonly domains?: readonly string[];
  /** Matches hosts that are probably such a registry: a good enough reason for advice, never for trust. */
  readonly probableHost?: RegExp;
  /** The customers' hosts for people, in Markdown. */
  readonly hostForm?: string;
  /** The host of the API, if it is not the one in image references. */
  readonly apiHost?: string;
  /** The host that issues tokens, if it is not the registry itself. It is sent the credentials. */
  readonly authHost?: string;
  /** The same where each host of the customers has other token services, the usual one first. */
  readonly authHostsOf?: (host: string) => readonly string[];
  /** These token services for people, in Markdown. */
  readonly authHostForm?: string;
  /** What belongs in `username` and `password` of the secret, in Markdown. The descriptions in templates repeat it. */
  readonly usernameHint: string;
  readonly passwordHint: string;
  /** The next step after the registry refused the login. */
  readonly obtain: string;
  /** The next step after the registry accepted the login, but refused the image. */
  readonly permit: string;
  /** Mistakes that make the registry refuse the login. */
  readonly mistakes?: readonly Finding[];
  /** Credentials of a kind that the registry never accepts here: it refuses the login or the image. */
  readonly wrongKinds?: readonly Finding[];
  /** Credentials that work, but not for long. */
  readonly shortLived?: readonly Finding[];
  /** How the registry tells when credentials expire, where it tells that to the credentials themselves. */
  readonly expiryQuestion?: ExpiryQuestion;
}

/**
 * A GET request with the password as a bearer token. Any other token would be a failed login, which registries count.
 */
export interface ExpiryQuestion {
  /** The beginning of the only tokens that are sent. */
  readonly tokenPrefix: string;
  /** The host, for that of an image and the token service that the user named; `undefined` where it is not certain. */
  readonly host: (host: string, authHost?: string) => string | undefined;
  readonly path: string;
  /** Where the answer has the date: in a header, or in a key of its JSON. Without a date, the token does not expire. */
  readonly header?: string;
  readonly key?: string;
}

/**
 * Something that can be seen in credentials. Rules of registries change, so it never decides anything: it only explains an answer.
 */
export interface Finding {
  readonly matches: (credentials: { readonly username: string; readonly password: string }) => boolean;
  /** What to do, or for credentials that work what is going to happen. */
  readonly text: string;
}
