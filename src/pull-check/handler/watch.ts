import { ProbeResult, WatchResult } from './event';
import { Probed, probeWith, refusalOfText, Secret } from './probe';
import { ImageReference } from '../../reference/image-reference';
import { WatchEvent, WatchGroup } from '../contract';

/** All images together: the function in a VPC has to answer before the other one stops waiting. */
const RUN_TIME = 120_000;
/** With less time left there is no answer to be had. */
const SHORTEST_TIME = 1_000;
/** The role is not new, and the next run reads the secret again. */
const ACCESS_PATIENCE = 0;
const LOGINS_AT_ONCE = 4;
const IMAGES_AT_ONCE = 4;

/** What is asked with the same credentials, at the same host. */
type Login = readonly Probed[];

/** Asks about every image of a schedule. Never throws: Lambda would repeat the run twice. */
export async function askAll({ Groups }: WatchEvent, isInVpc: boolean): Promise<WatchResult[]> {
  const end = Date.now() + RUN_TIME;
  const logins = loginsOf(Groups);
  let waiting = logins.length;
  const results = await inParallel(logins, LOGINS_AT_ONCE, async (login) => {
    waiting--;
    // A registry that does not answer leaves the others their part of the time.
    const rounds = 1 + Math.ceil(waiting / LOGINS_AT_ONCE);
    return askWith(login, isInVpc, Date.now() + (end - Date.now()) / rounds);
  });
  return results.flat();
}

/** Every image of the groups. */
export function imagesOf(groups: readonly WatchGroup[]): Probed[] {
  return groups.flatMap(({ Prefix, Images, ...properties }) => (
    Images.filter((name) => name !== '').map((name) => ({ ...properties, Image: `${Prefix}${name}` }))
  ));
}

/** The result for a text that cannot be an image, which is not shown: it can hold a password. */
export function refused({ Image, Secret: secret }: Probed): WatchResult | undefined {
  const refusal = refusalOfText(Image);
  return refusal && { image: '', secret, ...refusal };
}

function loginsOf(groups: readonly WatchGroup[]): Login[] {
  const logins = new Map<string, Probed[]>();
  for (const image of imagesOf(groups)) {
    const key = JSON.stringify([image.Secret, image.DenialIsCertain, hostOf(image.Image)]);
    const login = logins.get(key) ?? [];
    logins.set(key, login);
    login.push(image);
  }
  return [...logins.values()];
}

function hostOf(image: string): string | undefined {
  try {
    return ImageReference.parse(image).host;
  } catch {
    return undefined;
  }
}

/**
 * Asks with one image at a time until the registry accepted the credentials, and then with a few. Credentials that the registry rejected
 * are not sent again: registries lock accounts.
 */
async function askWith(login: Login, isInVpc: boolean, deadline: number): Promise<WatchResult[]> {
  const secret = new Secret(login[0], ACCESS_PATIENCE);
  const answers = new Answers();
  const ask = async (properties: Probed): Promise<WatchResult> => {
    const refusal = refused(properties);
    if (refusal) {
      return refusal;
    }
    const result = answers.refusalOf(properties) ?? tooLate(properties, deadline) ?? await probeWith(secret, properties, { isInVpc, deadline });
    return answers.add({ image: properties.Image, secret: properties.Secret, ...result });
  };
  try {
    const results: WatchResult[] = [];
    while (results.length < login.length && !answers.areFinal) {
      results.push(await ask(login[results.length]));
    }
    return [...results, ...await inParallel(login.slice(results.length), IMAGES_AT_ONCE, ask)];
  } finally {
    secret.close();
  }
}

/** What the registry said to some credentials. */
class Answers {
  /** Whether the registry accepted the credentials, or refused them for good. */
  public areFinal = false;
  private rejection?: WatchResult;

  public add(result: WatchResult): WatchResult {
    if (result.verdict === 'CREDENTIALS_REJECTED') {
      this.rejection ??= result;
    }
    this.areFinal ||= result.verdict === 'OK' || result.isDefiniteNo;
    return result;
  }

  /** The result for an image that need not be asked about any more. */
  public refusalOf({ Image, Secret: secret }: Probed): ProbeResult | undefined {
    if (this.rejection === undefined) {
      return undefined;
    }
    const { verdict, isDefiniteNo, image } = this.rejection;
    const message = `${Image} cannot be pulled: the registry rejected the credentials in ${secret} for ${image}, and they were not sent again`;
    return { verdict, isDefiniteNo, message, requests: 0 };
  }
}

function tooLate({ Image }: Probed, deadline: number): ProbeResult | undefined {
  if (Date.now() + SHORTEST_TIME <= deadline) {
    return undefined;
  }
  const message = `${Image} was not checked: the registry took too long for the images before it; if that happens often, lower pullCheck.timeout`;
  return { verdict: 'REGISTRY_UNAVAILABLE', isDefiniteNo: false, message, requests: 0 };
}

async function inParallel<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  await Promise.all(Array.from({ length: atOnce }, async () => {
    for (const [index, item] of queue) {
      results[index] = await work(item);
    }
  }));
  return results;
}
