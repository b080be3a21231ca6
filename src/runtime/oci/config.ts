import { ManifestError, parseConfig, sha256Digest, Image } from './manifest';
import { fitOf, Platform } from './platform';
import { lacksPlatforms, object, objectAs, textsOf } from './refusals';
import { requestConfig, RunningCheck } from './running-check';
import { Session } from './session';
import { failure, refusalOfService, seen } from '../verdict/failures';

/** The platform of a single image, which engines pull for every processor. */
export async function inspectConfig(check: RunningCheck, session: Session, image: Image, wanted: readonly Platform[]): Promise<string[]> {
  const platform = await platformOfImage(check, session, image);
  if (platform === undefined) {
    return [];
  }
  const texts = textsOf(check, [platform]);
  const missing = wanted.filter((one) => fitOf(platform, one) !== 'runs');
  if (missing.length > 0) {
    throw lacksPlatforms(check, texts, missing, missing.some((one) => fitOf(platform, one) === 'fails'));
  }
  return texts;
}

async function platformOfImage(check: RunningCheck, session: Session, { config: { digest, size }, layers }: Image): Promise<Platform | undefined> {
  const { context } = check;
  const answer = await requestConfig(check, digest, session.authorization);
  if (answer.status >= 300) {
    throw refusalOfService(context, answer) ?? failure('PROTOCOL_ERROR', `${context.image} has a manifest, but its config cannot be read (${seen(context, answer)})`,
      'check that the registry\'s storage is complete, and that its download host can be reached');
  }
  if (sha256Digest(answer.body) !== digest) {
    throw new ManifestError('PROTOCOL_ERROR', 'a config with a wrong digest');
  }
  if (size !== answer.body.length) {
    objectAs('containerd', check, `refuses what ${context.host} serves: a config of another size than its manifest names`);
  }
  const { platform, objections } = parseConfig(answer.body, layers);
  object(check, objections);
  return platform;
}
