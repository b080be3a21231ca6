import { ALICE, ROBOT, STRANGER } from './accounts';
import { REPOSITORY } from './images';
import { CheckInput, Credentials, Verdict } from '../../src/runtime/check';

/** How a registry decides who may pull: not at all, by one list of users, or by rights for each repository. */
export type Scheme = 'open' | 'basic' | 'token';

export function schemeOf(access: string): Scheme {
  return access.split('-')[0] as Scheme;
}

/** One question to a registry, and the answer that is right for it, whichever software it is. */
export interface Case {
  readonly name: string;
  /** Below the registry's host; `<multi>` stands for the digest of that tag. */
  readonly image: string;
  readonly credentials?: Credentials;
  readonly input?: Partial<CheckInput>;
  /** One verdict, or one for each scheme where they can't say the same. */
  readonly verdict: Verdict | Readonly<Record<Scheme, Verdict>>;
  /** The tag whose digest has to be reported. */
  readonly digestOf?: string;
  readonly platforms?: readonly string[];
}

const AMD64 = { platform: 'linux/amd64' };
const ARM64 = { platform: 'linux/arm64' };
const BOTH = ['linux/amd64', 'linux/arm64'];
const YES = { open: 'PUBLIC_IMAGE', basic: 'OK', token: 'OK' } as const;
/** A registry without authentication has no opinion of credentials. */
const REJECTED = { open: 'PUBLIC_IMAGE', basic: 'CREDENTIALS_REJECTED', token: 'CREDENTIALS_REJECTED' } as const;
/** A list of users knows no rights. */
const DENIED = { open: 'PUBLIC_IMAGE', basic: 'OK', token: 'PULL_DENIED' } as const;
const UNKNOWN_DIGEST = `sha256:${'0'.repeat(64)}`;

const image = (tag: string) => `${REPOSITORY}:${tag}`;

export const CASES: readonly Case[] = [
  { name: 'an image for one platform', image: image('amd64'), input: AMD64, verdict: YES, digestOf: 'amd64', platforms: ['linux/amd64'] },
  { name: 'an image for another platform', image: image('arm64'), input: ARM64, verdict: YES, digestOf: 'arm64', platforms: ['linux/arm64'] },
  { name: 'an image whose platform is not looked at', image: image('arm64'), verdict: YES, digestOf: 'arm64' },
  { name: 'an index with attestations', image: image('multi'), input: ARM64, verdict: YES, digestOf: 'multi', platforms: BOTH },
  { name: 'an index whose digest is to be relied on', image: image('multi'), input: { wantDigest: true }, verdict: YES, digestOf: 'multi' },
  { name: 'an image of Docker\'s', image: image('docker'), input: AMD64, verdict: YES, digestOf: 'docker', platforms: ['linux/amd64'] },
  { name: 'a manifest list of Docker\'s', image: image('docker-list'), input: ARM64, verdict: YES, digestOf: 'docker-list', platforms: BOTH },
  { name: 'an image by digest', image: `${REPOSITORY}@<arm64>`, input: ARM64, verdict: YES, digestOf: 'arm64' },
  { name: 'a tag pinned to its digest', image: `${REPOSITORY}:multi@<multi>`, input: AMD64, verdict: YES, digestOf: 'multi' },
  { name: 'a tag that moved on from its digest', image: `${REPOSITORY}:amd64@<arm64>`, input: ARM64, verdict: YES, digestOf: 'arm64' },

  { name: 'a user name with $ and +', image: image('amd64'), credentials: ROBOT, input: AMD64, verdict: YES, digestOf: 'amd64' },
  { name: 'a wrong password', image: image('amd64'), credentials: { ...ALICE, password: 'wr0ng-pa:ss wörd' }, input: AMD64, verdict: REJECTED },
  { name: 'the password of another user', image: image('amd64'), credentials: { ...ALICE, password: ROBOT.password }, verdict: REJECTED },
  { name: 'an unknown user', image: image('amd64'), credentials: { username: 'nobody-51aa', password: 'an0ther-Pa55' }, verdict: REJECTED },
  { name: 'a wrong password for an image that does not exist', image: image('none'), credentials: { ...ALICE, password: 'wr0ng-pa55' }, verdict: { ...REJECTED, open: 'IMAGE_NOT_FOUND' } },
  { name: 'a user without the right to pull', image: image('amd64'), credentials: STRANGER, input: AMD64, verdict: DENIED },
  { name: 'an image that everybody may pull', image: 'public/tool:1', credentials: STRANGER, input: AMD64, verdict: YES, digestOf: 'amd64' },
  { name: 'an image that everybody may pull, with a wrong password', image: 'public/tool:1', credentials: { ...STRANGER, password: 'wr0ng-pa55' }, verdict: REJECTED },

  { name: 'a tag that does not exist', image: image('none'), verdict: 'IMAGE_NOT_FOUND' },
  { name: 'a repository that does not exist', image: 'team/none:1', verdict: 'IMAGE_NOT_FOUND' },
  { name: 'a digest that does not exist', image: `${REPOSITORY}@${UNKNOWN_DIGEST}`, verdict: 'IMAGE_NOT_FOUND' },
  { name: 'a repository that does not exist, to a user without rights', image: 'team/none:1', credentials: STRANGER, verdict: { open: 'IMAGE_NOT_FOUND', basic: 'IMAGE_NOT_FOUND', token: 'PULL_DENIED' } },

  { name: 'an image for another platform than the wanted', image: image('arm64'), input: AMD64, verdict: 'PLATFORM_MISSING' },
  { name: 'an index without the wanted platform', image: image('multi'), input: { platform: 'windows/amd64' }, verdict: 'PLATFORM_MISSING' },
  { name: 'an image of Docker\'s for another platform', image: image('docker'), input: ARM64, verdict: 'PLATFORM_MISSING' },
  { name: 'a manifest list without the wanted platform', image: image('docker-list'), input: { platform: 'linux/s390x' }, verdict: 'PLATFORM_MISSING' },
  { name: 'an artifact with an empty config', image: image('artifact'), input: AMD64, verdict: 'NOT_AN_IMAGE' },
  { name: 'a Helm chart', image: image('chart'), input: AMD64, verdict: 'NOT_AN_IMAGE' },
];
