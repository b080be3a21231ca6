import { parseArgs, ParseArgsConfig } from 'node:util';
import { PASSWORD_VARIABLE, UsageError } from './usage';

const LOGIN_OPTIONS = {
  'help': { type: 'boolean', short: 'h' },
  'username': { type: 'string' },
  'password-stdin': { type: 'boolean' },
} as const;

export const SECRET_JSON_OPTIONS = {
  ...LOGIN_OPTIONS,
  'host': { type: 'string', multiple: true },
  'expires-on': { type: 'string' },
  'update': { type: 'string' },
} as const;

export const CHECK_OPTIONS = {
  ...LOGIN_OPTIONS,
  'secret-json-stdin': { type: 'boolean' },
  'docker-config': { type: 'string' },
  'app': { type: 'string' },
  'secret-json': { type: 'string', multiple: true },
  'platform': { type: 'string' },
  'auth-host': { type: 'string' },
  'ca-file': { type: 'string' },
  'allow-private-networks': { type: 'boolean' },
  'timeout': { type: 'string' },
  'insecure-loopback': { type: 'boolean' },
  'min-days': { type: 'string' },
  'no-ask-expiry': { type: 'boolean' },
  'json': { type: 'boolean' },
} as const;

export const IMAGES_OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  require: { type: 'string', multiple: true },
} as const;

type Options = NonNullable<ParseArgsConfig['options']>;
type Config<T extends Options> = { args: string[]; options: T; allowPositionals: true };
type Parsed<T extends Options> = ReturnType<typeof parseArgs<Config<T>>>;
export type SecretJsonValues = Parsed<typeof SECRET_JSON_OPTIONS>['values'];
export type CheckValues = Parsed<typeof CHECK_OPTIONS>['values'];

/** A host, with or without a port. */
export const HOST = /^(?:[a-z0-9][a-z0-9.-]*|\[[a-f0-9:.]+\])(?::[0-9]{1,5})?$/i;

const PASSWORD_OPTION = /^--?(?:p|pw|pat|secret)$|pass|pwd|token/i;

export function parseOptions<T extends Options>(args: string[], options: T): Parsed<T> {
  try {
    return parseArgs<Config<T>>({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(explained(error as Error & { code?: string }, options));
  }
}

/** Node's own text tells how to write arguments that begin with a dash, which nobody means. */
function explained({ code, message }: Error & { code?: string }, options: Options): string {
  const [, written = '', name = ''] = /'(?:-\w, )?(--?([^'\s=<]+))/.exec(message) ?? [];
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return options[name]?.type === 'string'
      ? `${written} has no value, expected one after it, or after "=" if it begins with "-"`
      : `${written} has a value, expected none`;
  }
  if (PASSWORD_OPTION.test(written)) {
    return `${written} is not an option: every process on this machine can read the arguments, and the shell keeps them; `
      + `pipe the password with printf %s "$TOKEN" | cdk-private-registry ... --username NAME --password-stdin, or set ${PASSWORD_VARIABLE}`;
  }
  // Anything else can be a password.
  const shown = /^--?[a-z][a-z-]*$/i.test(written) ? written : 'an argument that begins with "-"';
  return `${shown} is not an option, expected ${Object.keys(options).map((known) => `--${known}`).join(', ')}`;
}

const CANNOT_BE_IMAGE = /^[./~]|^-$|^[a-z]:[\\/]|\.json$/i;

/** The value of this option can be omitted. Where images can follow, what follows is the file only if it cannot be an image. */
export function withFileOf(option: string, args: string[], defaultFile: () => string, file = CANNOT_BE_IMAGE): string[] {
  const at = args.indexOf(option);
  if (at < 0) {
    return args;
  }
  const next = args[at + 1] ?? '';
  const isFile = file.test(next);
  return [...args.slice(0, at), `${option}=${isFile ? next : defaultFile()}`, ...args.slice(at + (isFile ? 2 : 1))];
}
