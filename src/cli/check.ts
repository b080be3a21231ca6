import { Checker, Image } from './checker';
import { defaultDockerConfig, DockerConfig } from './docker-config';
import { hasLogin, Login, readSecret, validateLogin } from './login';
import { CHECK_OPTIONS, CheckValues, HOST, parseOptions, withFileOf } from './options';
import { readTextFile, write } from './streams';
import { oneLine, usable, USAGE, UsageError } from './usage';
import { PLACEHOLDER } from '../private/placeholder';
import { ImageReference } from '../reference/image-reference';
import { ECR } from '../registries/ecr';
import { registryOfHost, withoutDefaultPort } from '../registries/registries';
import { intendedHost } from '../registries/spelling';
import { CheckInputError, CheckResult, Credentials, daysUntil, NO_LOGIN, parseSecret } from '../runtime/check';

const LONGEST_TIMEOUT = 3600;

/** The characters of an image reference, and one that few words have. */
const NEARLY_IMAGE = /^(?=.*[/:.])[\w./:@-]+$/;

/** Checks one image after the other. The exit code is 1 if one of them certainly cannot be pulled, else 2 if one is not certain. */
export async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(withFileOf('--docker-config', args, defaultDockerConfig()), CHECK_OPTIONS);
  if (values.help) {
    await write(process.stdout, USAGE);
    return 0;
  }
  const images = parseImages(positionals);
  const milliseconds = timeoutOf(values);
  const minDays = minDaysOf(values);
  const deadline = Date.now() + milliseconds;
  const signal = AbortSignal.timeout(milliseconds);
  validateLogin(values);
  await warnAboutSpelling(images);
  const ca = values['ca-file'] === undefined ? undefined : await readTextFile(values['ca-file'], `--ca-file ${oneLine(values['ca-file'])}`, signal);
  const loginFor = await loginsFor(values, images, signal);
  const checks = images.map((image) => ({ image, login: loginFor(image) }));
  const checker = new Checker({
    platform: values.platform,
    ca,
    authHost: authHostOf(values),
    allowPrivateNetworks: values['allow-private-networks'],
    insecureLoopback: values['insecure-loopback'],
    askExpiry: !values['no-ask-expiry'],
    deadline,
  });
  const kinds: string[] = [];
  for (const { image, login } of checks) {
    const answer = await checker.check(image, login).catch(asUsageError);
    const { result, kind } = minDays === undefined ? { result: answer, kind: answer.kind } : heldAgainst(answer, minDays);
    await write(process.stdout, values.json ? jsonLine(image, result) : textLine(image, result, images.length > 1));
    kinds.push(kind);
  }
  return kinds.includes('no') ? 1 : kinds.includes('not-definite') ? 2 : 0;
}

function parseImages(texts: readonly string[]): Image[] {
  if (texts.length === 0) {
    throw new UsageError('no image is given, expected at least one');
  }
  return texts.map((text, index) => {
    const reference = texts.length === 1 ? parseOne(text) : parseOneOfSeveral(text, index + 1);
    if (registryOfHost(reference.host) === ECR) {
      throw new UsageError(`the image ${JSON.stringify(text)} is in Amazon ECR, which ECS pulls from with the execution role and without credentials; `
        + 'use ecs.ContainerImage.fromEcrRepository()');
    }
    return { text, reference };
  });
}

/** What is almost an image is shown. Anything else can be a password. */
function parseOne(text: string): ImageReference {
  if (text === '' || NEARLY_IMAGE.test(text)) {
    return usable(() => ImageReference.parse(text));
  }
  try {
    return ImageReference.parse(text);
  } catch {
    throw new UsageError('the image is not valid, and not shown because it can be a password; '
      + 'write it like ghcr.io/acme/api:1.4.2, with letters, digits and "." "_" "-" "/" ":" "@" only, and in lower case before the tag');
  }
}

/** One of several arguments can be a password that was meant for an option. */
function parseOneOfSeveral(text: string, position: number): ImageReference {
  try {
    if (/[/:]/.test(text)) {
      return ImageReference.parse(text);
    }
  } catch {
    // Its text shows what was written.
  }
  throw new UsageError(`image ${position} is not valid, and not shown because it can be a password; `
    + 'write images like ghcr.io/acme/api:1.4.2 (check it alone to see what is wrong), and pipe passwords');
}

/** Before the credentials are sent, so that whoever types them can still stop it. */
async function warnAboutSpelling(images: readonly Image[]): Promise<void> {
  for (const host of new Set(images.map(({ reference }) => reference.host))) {
    const intended = intendedHost(host);
    if (intended !== undefined) {
      await write(process.stderr, `warning: ${host} is almost ${intended}: if that is a typing error, a stranger gets the credentials\n`);
    }
  }
}

function timeoutOf({ timeout: seconds = '30' }: CheckValues): number {
  if (!(Number(seconds) > 0 && Number(seconds) <= LONGEST_TIMEOUT)) {
    throw new UsageError(`--timeout is ${JSON.stringify(seconds)}, expected a number of seconds, at most ${LONGEST_TIMEOUT}`);
  }
  return Math.ceil(Number(seconds) * 1000);
}

function minDaysOf({ 'min-days': days }: CheckValues): number | undefined {
  if (days !== undefined && !/^\d{1,5}$/.test(days)) {
    throw new UsageError(`--min-days is ${JSON.stringify(days)}, expected a whole number of days`);
  }
  return days === undefined ? undefined : Number(days);
}

/** What a yes is worth to somebody who needs it for some days. A date that is not known proves nothing, and one that is not understood hides one. */
function heldAgainst(result: CheckResult, minDays: number): { readonly result: CheckResult; readonly kind: CheckResult['kind'] } {
  const { kind, expiresOn, expiryProblem, message } = result;
  if (kind !== 'yes') {
    return { result, kind };
  }
  const withNote = (note: string) => ({ ...result, message: `${message}; ${note}` });
  if (expiresOn !== undefined && daysUntil(expiresOn, Date.now()) < minDays) {
    return { result: withNote(`--min-days needs ${minDays} days`), kind: 'no' };
  }
  if (expiryProblem !== undefined) {
    return { result, kind: 'not-definite' };
  }
  return { result: expiresOn === undefined ? withNote('no date is known for --min-days') : result, kind };
}

function authHostOf({ 'auth-host': host }: CheckValues): string | undefined {
  if (host !== undefined && !HOST.test(host)) {
    throw new UsageError(`--auth-host is ${JSON.stringify(host)}, expected a host, with its port if that is not 443`);
  }
  return host;
}

async function loginsFor(values: CheckValues, images: readonly Image[], signal: AbortSignal): Promise<(image: Image) => Login> {
  const { 'docker-config': file } = values;
  if (file !== undefined) {
    const config = await DockerConfig.read(file, signal);
    return ({ reference }) => config.loginFor(reference);
  }
  if (!hasLogin(values)) {
    return () => ({ name: 'a client without a login', read: async () => NO_LOGIN });
  }
  const hosts = [...new Set(images.map(({ reference }) => withoutDefaultPort(reference.host)))];
  if (hosts.length > 1) {
    throw new UsageError(`the images are in ${hosts.join(' and ')}, but one login is for one registry; call check once for each, or pass --docker-config`);
  }
  const isJson = values['secret-json-stdin'];
  const name = isJson ? 'the credentials on standard input' : 'the given credentials';
  let reading: Promise<Credentials> | undefined;
  const read = () => reading ??= readSecret(values, signal).then((json) => parseSecret(json, { name: isJson ? 'the JSON on standard input' : name, placeholder: PLACEHOLDER }));
  return () => ({ name, read });
}

function asUsageError(error: unknown): never {
  if (error instanceof CheckInputError) {
    throw new UsageError(error.input === 'ca' ? '--ca-file has no certificate, expected PEM (-----BEGIN CERTIFICATE-----)' : oneLine(error.message));
  }
  throw error;
}

function jsonLine({ text: image }: Image, { verdict, kind, digest, expiresOn, message }: CheckResult): string {
  return `${JSON.stringify({ verdict, kind, image, digest, expiresOn, message })}\n`;
}

/** Where there are several lines, each names its image. */
function textLine({ text }: Image, { verdict, message }: CheckResult, isOneOfSeveral: boolean): string {
  return `${verdict}: ${isOneOfSeveral && !message.includes(text) ? `${text}: ` : ''}${message}\n`;
}
