import { readInput, readPipedFile, Prompt } from './streams';
import { PASSWORD_VARIABLE, READ_SECRET, UsageError } from './usage';
import { Credentials, isObject, NO_LOGIN, parseJson } from '../runtime/check';

/** What an image is checked with. */
export interface Login {
  /** In messages. */
  readonly name: string;
  /** Follows each message. */
  readonly note?: string;
  read(): Promise<Credentials>;
}

export const ANONYMOUS: Login = { name: 'a client without a login', read: async () => NO_LOGIN };

export interface LoginValues {
  readonly 'username'?: string;
  readonly 'password-stdin'?: boolean;
  readonly 'secret-json-stdin'?: boolean;
  readonly 'docker-config'?: string;
  readonly 'host'?: readonly string[];
  readonly 'app'?: string;
  readonly 'secret-json'?: readonly string[];
}

/** In place of a file. */
export const STANDARD_INPUT = '-';

const PASSWORD: Prompt = { text: 'password: ', isOneLine: true };
const SECRET: Prompt = { text: 'JSON of the secret, then Enter and Ctrl+D: ', isOneLine: false };

/** How the text, yaml and table of the AWS CLI and the list of PowerShell show a whole answer. No secret in them is JSON as a whole. */
const WHOLE_ANSWER = /^arn:aws[a-z-]*:secretsmanager:\S+\t|^\|\s+GetSecretValue\s+\||^(?:- | *)SecretString *: |^(?:- | *)ARN *: arn:aws[a-z-]*:secretsmanager:/m;

/** JSON in the quotes of JSON or YAML, which has a dash in a stream. */
const QUOTED = /^\s*(?:- +)?(["'])\s*\{[\s\S]*\}\s*\1\s*$/;

/** Whether any option or variable is about a login. */
export function hasLogin(values: LoginValues): boolean {
  return values.username !== undefined || Boolean(values['password-stdin']) || Boolean(values['secret-json-stdin']) || Boolean(process.env[PASSWORD_VARIABLE]);
}

export function validateLogin(values: LoginValues): void {
  const isJson = values['secret-json-stdin'];
  if (values['docker-config'] !== undefined && (isJson || values.username !== undefined || values['password-stdin'])) {
    throw new UsageError('--docker-config already has the logins; omit --username, --password-stdin and --secret-json-stdin');
  }
  if (isJson && (values.username !== undefined || values['password-stdin'])) {
    throw new UsageError('--secret-json-stdin already has the user name and the password; omit --username and --password-stdin');
  }
}

/** An app has the images of several registries. */
export function validateAppLogin(values: LoginValues): void {
  const { app, 'docker-config': config, 'secret-json': secrets } = values;
  if (app !== undefined && (values.username !== undefined || values['password-stdin'] || values['secret-json-stdin'])) {
    throw new UsageError('one login is not for a whole app, expected --secret-json HOST=FILE in place of --username, --password-stdin and --secret-json-stdin');
  }
  if (secrets !== undefined && app === undefined) {
    throw new UsageError('--secret-json is for --app, expected --secret-json-stdin for images');
  }
  if (secrets !== undefined && config !== undefined) {
    throw new UsageError('--docker-config already has the logins; omit --secret-json');
  }
}

/** The JSON that ECS would read. */
export async function readSecret(values: LoginValues, signal?: AbortSignal): Promise<string> {
  return values['secret-json-stdin'] ? readSecretFile(STANDARD_INPUT, 'standard input', signal) : readPassword(values, signal);
}

/** The same from a file, which can be a pipe, or from standard input. What is written in place of its name is not shown: it can be the secret. */
export async function readSecretFile(file: string, name: string, signal?: AbortSignal): Promise<string> {
  return secretText(file === STANDARD_INPUT ? await readInput(SECRET, signal) : await readPipedFile(file, name, signal), name);
}

function secretText(json: string, name: string): string {
  if (/^[\r\n]*$/.test(json)) {
    throw new UsageError(`${name} is empty, which no secret is, expected its JSON; see why the command in front of the pipe printed nothing`);
  }
  refuseWholeAnswer(json);
  return json;
}

/** The same from a user name and a password. */
export async function readPassword({ username, host: hosts, 'password-stdin': fromStdin }: LoginValues, signal?: AbortSignal): Promise<string> {
  if (username === undefined && !fromStdin && process.env[PASSWORD_VARIABLE]) {
    throw new UsageError(`${PASSWORD_VARIABLE} is set, but no user name is given, expected --username; to check without a login, unset the variable`);
  }
  if (!username) {
    throw new UsageError('no user name is given, expected --username');
  }
  // As with "docker login" the line break that ends the input is not part of the password.
  const password = fromStdin ? (await readInput(PASSWORD, signal)).replace(/\r?\n$/, '') : process.env[PASSWORD_VARIABLE];
  if (!password) {
    throw new UsageError(`no password is given, expected it on standard input with --password-stdin, or in ${PASSWORD_VARIABLE}`);
  }
  refuseWholeAnswer(password);
  const json = parseJson(password);
  if (isObject(json) && 'username' in json && 'password' in json) {
    throw new UsageError('the password is a JSON object with user name and password, expected the password alone; pass the object to check with --secret-json-stdin');
  }
  return JSON.stringify({ username, password, hosts });
}

/** The answer of the AWS CLI around the secret is a mistake in the call; what the secret is, remains open. */
function refuseWholeAnswer(text: string): void {
  const json = parseJson(text);
  if (QUOTED.test(text)) {
    throw new UsageError(`the secret is in quotes, as --output json and yaml print it, expected the secret alone; use ${READ_SECRET} (if that prints quotes, remove them from the secret)`);
  }
  const isWhole = json === undefined ? WHOLE_ANSWER.test(text) : isObject(json) && isAnswer(json);
  if (isWhole) {
    throw new UsageError(`got the whole answer of Secrets Manager, expected the secret alone; use ${READ_SECRET}`);
  }
}

function isAnswer(json: Record<string, unknown>): boolean {
  const isSecret = Object.keys(json).some((key) => /^(?:username|password)$/i.test(key));
  return !isSecret && ('SecretString' in json || 'SecretBinary' in json || 'SecretValues' in json || /^arn:[^:]+:secretsmanager:/.test(String(json.ARN)));
}
