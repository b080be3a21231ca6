import { checksOfApp, ImageCheck } from './app-checks';
import { Answer, Checker, Image } from './checker';
import { defaultDockerConfig, DockerConfig } from './docker-config';
import { ANONYMOUS, hasLogin, Login, readSecret, validateAppLogin, validateLogin } from './login';
import { CHECK_OPTIONS, CheckValues, HOST, parseOptions, withFileOf } from './options';
import { readTextFile, write } from './streams';
import { fileOption, oneLine, usable, USAGE, UsageError } from './usage';
import { PLACEHOLDER } from '../private/placeholder';
import { ImageReference } from '../reference/image-reference';
import { ECR } from '../registries/ecr';
import { registryOfHost, withoutDefaultPort } from '../registries/registries';
import { intendedHost } from '../registries/spelling';
import { CheckInputError, CheckResult, Credentials, daysUntil, parseSecret } from '../runtime/check';

const LONGEST_TIMEOUT = 3600;

/** The characters of an image reference, and one that few words have. */
const NEARLY_IMAGE = /^(?=.*[/:.])[\w./:@-]+$/;

/** Checks one image after the other. The exit code is 1 if one of them certainly cannot be pulled, else 2 if one is not certain. */
export async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(withFileOf('--docker-config', args, defaultDockerConfig), CHECK_OPTIONS);
  if (values.help) {
    await write(process.stdout, USAGE);
    return 0;
  }
  const images = values.app === undefined ? parseImages(positionals) : [];
  const milliseconds = timeoutOf(values);
  const minDays = minDaysOf(values);
  const deadline = Date.now() + milliseconds;
  const signal = AbortSignal.timeout(milliseconds);
  validateLogin(values);
  validateAppLogin(values);
  if (values.app !== undefined && (positionals.length > 0 || values.platform !== undefined)) {
    throw new UsageError(`the app has its images and their platforms, expected --app without ${positionals.length > 0 ? 'other arguments' : '--platform'}`);
  }
  const ca = values['ca-file'] === undefined ? undefined : await readTextFile(values['ca-file'], fileOption('--ca-file', values['ca-file']), signal);
  const authHost = authHostOf(values);
  const { checks, isComplete } = values.app === undefined
    ? { checks: await checksOf(values, images, signal), isComplete: true }
    : await checksOfApp({ ...values, app: values.app }, { ca, authHost }, signal);
  await warnAboutSpelling(checks);
  const checker = new Checker({
    platform: values.platform,
    ca,
    authHost,
    allowPrivateNetworks: values['allow-private-networks'],
    insecureLoopback: values['insecure-loopback'],
    askExpiry: !values['no-ask-expiry'],
    deadline,
  });
  const kinds: string[] = isComplete ? [] : ['not-definite'];
  for (const one of checks) {
    const { result, kind } = await answerTo(one, checker, minDays);
    await write(process.stdout, values.json ? jsonLine(one, result) : textLine(one, result, checks.length > 1));
    kinds.push(kind);
  }
  return kinds.includes('no') ? 1 : kinds.includes('not-definite') ? 2 : 0;
}

/** What was found, and what that means for the exit code. */
interface Outcome {
  readonly result: Answer;
  readonly kind: Answer['kind'];
}

async function answerTo({ image, login, doubtAbout }: ImageCheck, checker: Checker, minDays?: number): Promise<Outcome> {
  if ('reason' in image) {
    return outcomeOf(notChecked(image.reason));
  }
  const answer = await checker.check(image, login).catch((error) => faultOfTemplate(image, error));
  if (answer.verdict === 'NOT_CHECKED') {
    return outcomeOf(answer);
  }
  const outcome = minDays === undefined ? outcomeOf(answer) : heldAgainst(answer, minDays);
  const doubt = outcome.kind === 'no' ? doubtAbout?.(answer.verdict) : undefined;
  if (doubt === undefined) {
    return outcome;
  }
  const kind = 'not-definite';
  return { result: { ...outcome.result, message: `${outcome.result.message}; ${doubt}`, ...answer.kind === 'no' && { kind, definite: false } }, kind };
}

function outcomeOf(result: Answer): Outcome {
  return { result, kind: result.kind };
}

function notChecked(message: string): Answer & { readonly verdict: 'NOT_CHECKED' } {
  return { verdict: 'NOT_CHECKED', kind: 'not-definite', definite: false, message, requests: [] };
}

/** What a template says can be wrong, which is no mistake in the call. */
function faultOfTemplate({ text, input }: Image, error: unknown): ReturnType<typeof notChecked> {
  if (error instanceof CheckInputError && error.input === 'platform' && input?.platform !== undefined) {
    return notChecked(`${text} was not checked: ${oneLine(error.message)}`);
  }
  return asUsageError(error);
}

async function checksOf(values: CheckValues, images: readonly Image[], signal: AbortSignal): Promise<ImageCheck[]> {
  const loginFor = await loginsFor(values, images, signal);
  return images.map((image) => ({ image, login: loginFor(image) }));
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
async function warnAboutSpelling(checks: readonly ImageCheck[]): Promise<void> {
  for (const host of new Set(checks.flatMap(({ image }) => ('reason' in image ? [] : image.reference.host)))) {
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
function heldAgainst(result: CheckResult, minDays: number): Outcome {
  const { kind, expiresOn, expiryProblem, message } = result;
  if (kind !== 'yes') {
    return outcomeOf(result);
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
    return () => ANONYMOUS;
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

function jsonLine({ image: { text: image }, consumers }: ImageCheck, { verdict, kind, digest, expiresOn, message }: Answer): string {
  return `${JSON.stringify({ verdict, kind, image, digest, expiresOn, message, consumers })}\n`;
}

/** Where there are several lines, each names its image. */
function textLine({ image: { text }, consumers = [] }: ImageCheck, { verdict, kind, message }: Answer, isOneOfSeveral: boolean): string {
  const pulledBy = kind === 'yes' || consumers.length === 0 ? '' : `; pulled by ${consumers.join(', ')}`;
  return `${verdict}: ${isOneOfSeveral && !message.includes(text) ? `${text}: ` : ''}${message}${pulledBy}\n`;
}
