import { skopeoInspect } from './clients';
import { REPOSITORY } from './images';
import { Lab } from './lab';

/** The digests that tags of a lab name, as another client sees them. */
export interface Digests {
  of(tag: string): string | undefined;
  /** An image of a case, with the digest in place of `<tag>`. */
  named(image: string): string;
}

export function useDigests(lab: () => Lab): () => Digests {
  const found = new Map<string, string>();
  beforeAll(async () => {
    for (const tag of ['amd64', 'arm64', 'multi', 'docker', 'docker-list']) {
      // Whatever skopeo runs on, only the digest of what the tag names is looked at.
      found.set(tag, await skopeoInspect(`${lab().access('open').host}/${REPOSITORY}:${tag}`, undefined, '--override-os=linux', '--override-arch=arm64', '--format={{.Digest}}'));
    }
  });
  return () => ({
    of: (tag) => found.get(tag),
    named: (image) => image.replace(/<([^>]+)>/, (_, tag) => found.get(tag)!),
  });
}
