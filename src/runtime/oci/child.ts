import { inspectConfig } from './config';
import { hasDigest, isDigest, knownKind, ManifestError, mediaTypeOf, parseManifest, Entry } from './manifest';
import { platformText, preferenceOf, Platform } from './platform';
import { lacksPlatforms, object, objectAs, objectToType, refusalOf, textsOf } from './refusals';
import { RunningCheck } from './running-check';
import { Session } from './session';
import { HttpResponse } from '../http/message';
import { imageIncomplete } from '../verdict/failures';

/** Asks whether the images for the platforms are there: clean-ups delete what an index names. */
export async function inspectChildren(check: RunningCheck, session: Session, entries: readonly Entry[], wanted: readonly Platform[]): Promise<void> {
  const missing = wanted.filter((platform) => bestOf(entries, platform) === undefined);
  if (missing.length > 0) {
    throw lacksPlatforms(check, textsOf(check, imagePlatforms(entries)), missing, true);
  }
  // Several platforms can have one image.
  for (const entry of new Set(wanted.map((platform) => bestOf(entries, platform)!))) {
    await inspectChild(check, session, entry, wanted.filter((platform) => bestOf(entries, platform) === entry));
  }
}

async function inspectChild(check: RunningCheck, session: Session, entry: Entry, wanted: readonly Platform[]): Promise<void> {
  if (!isDigest(entry.digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'an index whose entry has no digest');
  }
  object(check, entry.objections);
  if (entry.platform !== undefined && knownKind(entry.mediaType) !== 'index' && await isThere(session, entry)) {
    return;
  }
  const answer = await session.requestPatiently({ purpose: 'child', method: 'GET', reference: entry.digest });
  if (answer.status >= 300) {
    throw answer.status === 404 ? imageIncomplete(check.context, answer, wanted.map(platformText).join(' and ')) : refusalOf(check, session, answer);
  }
  await inspectAnswer(check, session, answer, entry, wanted);
}

/** The platforms of the entries that are images: attestations have the platform unknown/unknown. */
export function imagePlatforms(entries: readonly Entry[]): Platform[] {
  return entries.flatMap(({ platform }) => platform === undefined || platform.os === 'unknown' ? [] : [platform]);
}

/** The entry that the engines choose: containerd's `platforms.Only`, and last what names no platform. */
function bestOf(entries: readonly Entry[], wanted: Platform): Entry | undefined {
  const rank = ({ platform }: Entry) => platform === undefined ? Infinity : preferenceOf(platform, wanted);
  return entries.filter((entry) => rank(entry) >= 0).sort((a, b) => rank(a) === rank(b) ? 0 : rank(a) - rank(b))[0];
}

/** HEAD is enough where all of it is as the entry says: Docker Hub does not count it as a pull. */
async function isThere(session: Session, { digest, mediaType, size }: Entry): Promise<boolean> {
  const head = await session.request({ purpose: 'child', method: 'HEAD', reference: digest });
  const { 'docker-content-digest': named = digest, 'content-length': length } = head.headers;
  return head.status < 300 && named === digest && Number(length) === size && mediaTypeOf(head) === mediaType;
}

async function inspectAnswer(check: RunningCheck, session: Session, answer: HttpResponse, entry: Entry, wanted: readonly Platform[]): Promise<void> {
  if (!hasDigest(answer.body, entry.digest)) {
    throw new ManifestError('PROTOCOL_ERROR', 'an image with a wrong digest');
  }
  if (answer.body.length !== entry.size) {
    objectAs('containerd', check, `refuses what ${check.context.host} serves: an image of another size than the index names`);
  }
  const type = mediaTypeOf(answer);
  objectToType(check, answer);
  const manifest = parseManifest(answer.body, knownKind(type) === undefined ? entry.mediaType : type, 'child');
  object(check, manifest.objections);
  if (manifest.kind === 'index') {
    await inspectChildren(check, session, manifest.entries, wanted);
  } else if (entry.platform === undefined) {
    await inspectConfig(check, session, manifest, wanted);
  }
}
