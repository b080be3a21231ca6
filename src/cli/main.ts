import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { PLACEHOLDER } from '../private/placeholder';
import { checkPull, CheckInputError, CheckResult, parseSecret } from '../runtime/check';

const PASSWORD_VARIABLE = 'REGISTRY_PASSWORD';
const HOST = /^(?:[a-z0-9][a-z0-9.-]*|\[[a-f0-9:.]+\])(?::[0-9]{1,5})?$/i;

const USAGE = `usage: cdk-private-registry check <image> --username <name> --password-stdin [options]
       cdk-private-registry check <image> --secret-json-stdin [options]
       cdk-private-registry secret-json --username <name> --password-stdin

check asks the registry whether the image can be pulled with the credentials. Exit code 0: yes, 1: no, 2: not certain.
secret-json prints the JSON to store in AWS Secrets Manager.

  --username <name>         the user name at the registry
  --password-stdin          read the password from standard input; without it from ${PASSWORD_VARIABLE}
  --secret-json-stdin       read the JSON that ECS will read, for example from "aws secretsmanager get-secret-value"
  --platform <os/arch>      also check that the image has this platform, for example linux/arm64
  --auth-host <host>        the host that issues tokens, if it is not the registry's (self-managed GitLab)
  --ca-file <file>          a certificate authority (PEM) to trust in addition to the public ones
  --allow-private-networks  allow a registry with a private address
  --timeout <seconds>       give up after this time (default: 30)
  --insecure-loopback       allow plain HTTP and loopback addresses, for a local registry only
  --json                    print the result as JSON
`;

const CREDENTIALS_OPTIONS = {
  'help': { type: 'boolean', short: 'h' },
  'username': { type: 'string' },
  'password-stdin': { type: 'boolean' },
} as const;

/** The options of the command `check`. */
export const CHECK_OPTIONS = {
  ...CREDENTIALS_OPTIONS,
  'secret-json-stdin': { type: 'boolean' },
  'platform': { type: 'string' },
  'auth-host': { type: 'string' },
  'ca-file': { type: 'string' },
  'allow-private-networks': { type: 'boolean' },
  'timeout': { type: 'string' },
  'insecure-loopback': { type: 'boolean' },
  'json': { type: 'boolean' },
} as const;

const EXIT_CODES = { 'yes': 0, 'no': 1, 'not-definite': 2 };
const WRONG_USAGE = 64;
const LONGEST_TIMEOUT = 3600;

/** A mistake in the call. */
class UsageError extends Error {}

/** Runs one command and returns the exit code. */
export async function run([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case 'check': return await check(args);
      case 'secret-json': return await secretJson(args);
      case '--help': case '-h': return help();
      // The text in its place is not repeated: it can be the password.
      default: throw new UsageError(`${command === undefined ? 'no command is given' : 'the first argument is not a command'}, expected check or secret-json`);
    }
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`error: ${error.message}\nrun "cdk-private-registry --help" for the usage\n`);
      return WRONG_USAGE;
    }
    // The text of an unknown error is not shown.
    process.stderr.write(`error: the command failed because of a bug (${(error as Error)?.name}); please report it\n`);
    return EXIT_CODES['not-definite'];
  }
}

function help(): number {
  process.stdout.write(USAGE);
  return 0;
}

async function check(args: string[]): Promise<number> {
  const { values, positionals: [image, ...others] } = usable(() => parseArgs({ args, options: CHECK_OPTIONS, allowPositionals: true }));
  if (values.help) {
    return help();
  }
  if (image === undefined || others.length > 0) {
    throw new UsageError(`expected one image, got ${image === undefined ? 'none' : others.length + 1}`);
  }
  const { 'timeout': seconds = '30', 'auth-host': authHost, 'ca-file': caFile, 'secret-json-stdin': isJson } = values;
  if (!(Number(seconds) > 0 && Number(seconds) <= LONGEST_TIMEOUT)) {
    throw new UsageError(`--timeout is ${JSON.stringify(seconds)}, expected a number of seconds, at most ${LONGEST_TIMEOUT}`);
  }
  if (authHost !== undefined && !HOST.test(authHost)) {
    throw new UsageError(`--auth-host is ${JSON.stringify(authHost)}, expected a host, with its port if that is not 443`);
  }
  const name = isJson ? 'the JSON on standard input' : 'the given login';
  const result = await checkPull({
    image,
    platform: values.platform,
    ca: caFile === undefined ? undefined : usable(() => readFileSync(caFile, 'utf8'), '--ca-file cannot be read: '),
    credentials: async () => parseSecret(await secretOf(values), { name, placeholder: PLACEHOLDER }),
    credentialsName: name,
    authHost,
    allowPrivateNetworks: values['allow-private-networks'],
    insecureLoopback: values['insecure-loopback'],
    timeoutMs: Number(seconds) * 1000,
  }).catch(asUsageError);
  print(image, result, values.json);
  return EXIT_CODES[result.kind];
}

function asUsageError(error: unknown): never {
  if (error instanceof CheckInputError) {
    throw new UsageError(error.input === 'ca' ? '--ca-file has no certificate, expected PEM (-----BEGIN CERTIFICATE-----)' : oneLine(error.message));
  }
  throw error;
}

function print(image: string, { verdict, kind, message, digest }: CheckResult, asJson?: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify({ verdict, kind, image, digest, message })}\n` : `${verdict}: ${message}\n`);
}

async function secretJson(args: string[]): Promise<number> {
  const { values, positionals } = usable(() => parseArgs({ args, options: CREDENTIALS_OPTIONS, allowPositionals: true }));
  if (values.help) {
    return help();
  }
  if (positionals.length > 0) {
    throw new UsageError('secret-json accepts only --username and --password-stdin');
  }
  const json = await secretOf(values);
  usable(() => parseSecret(json, { name: 'the secret' }));
  process.stdout.write(`${json}\n`);
  return 0;
}

interface CredentialsValues {
  readonly 'username'?: string;
  readonly 'password-stdin'?: boolean;
  readonly 'secret-json-stdin'?: boolean;
}

/** The JSON that ECS would read. */
async function secretOf({ username, 'password-stdin': fromStdin, 'secret-json-stdin': isJson }: CredentialsValues): Promise<string> {
  if (isJson) {
    if (username !== undefined || fromStdin) {
      throw new UsageError('--secret-json-stdin already has the user name and the password; omit --username and --password-stdin');
    }
    return readInput();
  }
  if (!username) {
    throw new UsageError('no user name is given, expected --username or --secret-json-stdin');
  }
  // As with "docker login" the line break that ends the input is not part of the password.
  const password = fromStdin ? (await readInput()).replace(/\r?\n$/, '') : process.env[PASSWORD_VARIABLE];
  if (!password) {
    throw new UsageError(`no password is given, expected it on standard input with --password-stdin, or in ${PASSWORD_VARIABLE}`);
  }
  return JSON.stringify({ username, password });
}

async function readInput(): Promise<string> {
  const bytes = await buffer(process.stdin);
  return usable(() => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), 'standard input is not text: ');
}

/** Turns an error about the user's input into one about the call. */
function usable<T>(read: () => T, context: string = ''): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`${context}${oneLine((error as Error).message)}`);
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
