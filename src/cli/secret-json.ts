import { registryHost } from './app';
import { readPassword, readSecretFile, STANDARD_INPUT } from './login';
import { parseOptions, SECRET_JSON_OPTIONS, SecretJsonValues, withFileOf } from './options';
import { write } from './streams';
import { usable, USAGE, UsageError } from './usage';
import { PLACEHOLDER } from '../private/placeholder';
import { ACCEPTED, editJson, instantOf, KEYS, mistakeOf, parseSecret } from '../runtime/check';

const NO_OPTION = /^[^-]|^-$/;

/** Prints the JSON of a user name and a password, or an old JSON with new ones. */
export async function secretJson(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(withFileOf('--update', args, () => STANDARD_INPUT, NO_OPTION), SECRET_JSON_OPTIONS);
  if (values.help) {
    await write(process.stdout, USAGE);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError(`secret-json accepts only ${Object.keys(SECRET_JSON_OPTIONS).slice(1).map((name) => `--${name}`).join(', ')}`);
  }
  validate(values);
  const json = values.update === undefined ? withDate(await readPassword(values), values) : await updated(await readOldSecret(values.update), values);
  const mistake = mistakeOf(usable(() => parseSecret(json, { name: 'the secret' })));
  if (mistake !== undefined) {
    throw new UsageError(mistake);
  }
  await write(process.stdout, `${json}\n`);
  return 0;
}

/** The JSON that is to be updated. */
function readOldSecret(file: string): Promise<string> {
  return readSecretFile(file, file === STANDARD_INPUT ? 'standard input' : 'the file of --update');
}

function validate({ host: hosts, 'expires-on': date, update, 'password-stdin': isPasswordPiped }: SecretJsonValues): void {
  if (hosts?.some((host) => registryHost(host) === undefined)) {
    throw new UsageError('--host is not a host, expected for example ghcr.io or registry.example.com:5050');
  }
  if (update === STANDARD_INPUT && isPasswordPiped) {
    throw new UsageError('standard input cannot be the old JSON and the password; pass --update with a file, as in --update <(aws secretsmanager ...), or the password in REGISTRY_PASSWORD');
  }
  if (date !== undefined) {
    validateDate(date);
  }
}

function validateDate(date: string): void {
  try {
    instantOf(date);
  } catch (error) {
    // What is no date can be a password.
    throw new UsageError(`--expires-on ${(error as Error).message}, expected ${ACCEPTED}`);
  }
}

function withDate(json: string, { 'expires-on': expiresOn }: SecretJsonValues): string {
  return JSON.stringify({ ...JSON.parse(json), expiresOn });
}

/** All that the old JSON has and nobody replaces. The date of another token would be a false alarm, or a false safety. */
async function updated(old: string, values: SecretJsonValues): Promise<string> {
  const before = usable(() => parseSecret(old, { name: 'the JSON of --update', placeholder: PLACEHOLDER }));
  const now = JSON.parse(withDate(await readPassword({ ...values, username: values.username ?? before.username }), values));
  const isDateKept = now.expiresOn === undefined && now.password === before.password;
  const replaced = [KEYS.username, KEYS.password, ...values.host ? [KEYS.hosts] : [], ...isDateKept ? [] : [KEYS.expiresOn]];
  return editJson(old, (json) => {
    const kept = Object.entries(json as object).filter(([key]) => !replaced.some((pattern) => pattern.test(key)));
    return { ...now, ...Object.fromEntries(kept) };
  });
}
