import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pushImages, REPOSITORY } from './images';
import { REGISTRY_HOST } from './lab';
import { DISTRIBUTION_2 } from './registries';
import { RegistryProcess, startRegistry } from './registry-process';
import { basicAuth, startServers, tlsFiles } from './servers';
import { WatchEvent } from '../../src/pull-check/contract';
import { makeCertificate } from '../support/certificates';
import { FakeAws } from '../support/fake-aws';
import { LambdaFunction } from '../support/lambda-harness';
import { leaksIn } from '../support/leaks';
import { PUBLIC_ADDRESS, SECRET_ARN, secretOf } from '../support/pull-check-bench';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const DAY = 24 * 60 * 60 * 1000;
/** Where the lines of the story are written to, if somebody wants to see them: docs/watchdog.md has them. */
const STORY = process.env.WATCH_STORY;

interface Lab {
  readonly registry: RegistryProcess;
  readonly open: RegistryProcess;
  readonly storage: string;
  readonly ca: string;
  replacePassword(password: string): void;
  stop(): Promise<void>;
}

async function startLab(): Promise<Lab> {
  return startServers('watch-', async (directory, started) => {
    const storage = join(directory, 'storage');
    const certificate = makeCertificate([REGISTRY_HOST]);
    const open = await started(startRegistry(DISTRIBUTION_2, { name: 'open', directory, storage }));
    await pushImages(join(directory, 'layout'), open.port);
    const auth = basicAuth(directory, 'Watch', [{ username: 'puller', password: 'first-9c41' }]);
    const registry = await started(startRegistry(DISTRIBUTION_2, { name: 'basic', directory, storage, auth, tls: tlsFiles(directory, certificate) }));
    return {
      registry,
      open,
      storage,
      ca: certificate.ca,
      replacePassword: (password) => void basicAuth(directory, 'Watch', [{ username: 'puller', password }]),
    };
  });
}

/** Tags of the same image. */
async function tag(port: number, names: readonly string[]): Promise<string> {
  const url = `http://127.0.0.1:${port}/v2/${REPOSITORY}/manifests/`;
  const manifest = await fetch(`${url}amd64`, { headers: { accept: MANIFEST } });
  const body = await manifest.text();
  for (const name of names) {
    await fetch(`${url}${name}`, { method: 'PUT', headers: { 'content-type': MANIFEST }, body });
  }
  return manifest.headers.get('docker-content-digest')!;
}

describe('a watchdog and a registry', () => {
  let lab: Lab;
  let aws: FakeAws;
  let lambda: LambdaFunction;
  let digest: string;
  const tags = Array.from({ length: 198 }, (_, index) => `v${index}`);

  beforeAll(async () => {
    lab = await startLab();
    digest = await tag(lab.open.port, tags);
    aws = await FakeAws.start();
    lambda = new LambdaFunction({ aws: aws.endpoint, routes: { [REGISTRY_HOST]: { address: PUBLIC_ADDRESS, port: lab.registry.port } } });
  });
  afterAll(async () => {
    lambda?.close();
    await aws?.close();
    await lab?.stop();
  });

  async function run(names: readonly string[], secret: object): Promise<{ metrics: any; lines: any[]; refused: number; milliseconds: number }> {
    aws.play({ getSecretValue: () => secretOf(secret) });
    const before = lab.registry.seen.length;
    const event: WatchEvent = {
      Watch: 'Apps-Watchdog',
      Groups: [{
        Secret: SECRET_ARN,
        SecretRegion: 'eu-west-1',
        Platform: 'linux/amd64',
        Engine: 'dockerd',
        CaCertificate: lab.ca,
        TimeoutSeconds: '30',
        Prefix: `${REGISTRY_HOST}/team/`,
        Images: names.map((name) => `app${name.startsWith('sha256:') ? '@' : ':'}${name}`),
      }],
    };
    const started = Date.now();
    const { error, log } = await lambda.invoke('respond', event);
    const milliseconds = Date.now() - started;
    expect(error).toBeUndefined();
    expect(leaksIn(log, ['first-9c41', 'second-77d0'])).toEqual([]);
    const all = log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    // The access log comes some milliseconds after the answer.
    await new Promise((resolve) => setTimeout(resolve, 300));
    // Requests without credentials are among them.
    const refused = lab.registry.seen.slice(before).filter(({ status }) => status === 401).length;
    const metrics = all.find((line) => '_aws' in line);
    const lines = all.filter((line) => !('_aws' in line));
    if (STORY !== undefined) {
      const { CannotPull, CannotTell, DaysToExpiry, Images } = metrics;
      appendFileSync(STORY, `${JSON.stringify({ milliseconds, refused, Images, CannotPull, CannotTell, DaysToExpiry, first: lines[0] })}\n`);
    }
    return { metrics, lines, refused, milliseconds };
  }

  const inDays = (days: number) => new Date(Date.now() + days * DAY).toISOString();

  test('tell a story: 45 days left, 13 days, expired, renewed, a digest deleted, the registry down', async () => {
    const images = [...tags, 'amd64', digest];
    expect(images).toHaveLength(200);
    const first = { username: 'puller', password: 'first-9c41' };
    const quiet = await run(images, { ...first, expiresOn: inDays(45) });
    expect(quiet.lines).toEqual([]);
    expect(quiet.metrics).toMatchObject({ Images: 200, CannotPull: 0, CannotTell: 0 });
    expect(quiet.metrics.DaysToExpiry).toBeCloseTo(45, 1);
    expect(quiet.milliseconds).toBeLessThan(120_000);

    const soon = await run(images, { ...first, expiresOn: inDays(13) });
    expect(soon.metrics).toMatchObject({ CannotPull: 0, CannotTell: 0 });
    expect(soon.metrics.DaysToExpiry).toBeCloseTo(13, 1);

    lab.replacePassword('second-77d0');
    const expired = await run(images, { ...first, expiresOn: inDays(0) });
    expect(expired.metrics).toMatchObject({ Images: 200, CannotPull: 200, CannotTell: 0 });
    expect(expired.lines).toHaveLength(200);
    expect(expired.lines[0]).toMatchObject({ verdict: 'CREDENTIALS_REJECTED', message: expect.stringContaining(`rejected the credentials in ${SECRET_ARN}`) });
    // As many as for one image, of which one has credentials: see requests.test.ts.
    const one = await run(images.slice(0, 1), first);
    expect(expired.refused).toBe(one.refused);
    expect(one.metrics).toMatchObject({ CannotPull: 1 });

    const second = { username: 'puller', password: 'second-77d0', expiresOn: inDays(364) };
    const renewed = await run(images, second);
    expect(renewed.lines).toEqual([]);
    expect(renewed.metrics).toMatchObject({ CannotPull: 0, CannotTell: 0 });
    expect(renewed.metrics.DaysToExpiry).toBeCloseTo(364, 1);

    const revision = join(lab.storage, 'docker/registry/v2/repositories', REPOSITORY, '_manifests/revisions/sha256', digest.slice('sha256:'.length));
    rmSync(revision, { recursive: true });
    const deleted = await run(['docker', digest], second);
    expect(deleted.metrics).toMatchObject({ Images: 2, CannotPull: 1, CannotTell: 0 });
    expect(deleted.lines).toMatchObject([{ verdict: 'IMAGE_NOT_FOUND', image: `${REGISTRY_HOST}/team/app@${digest}` }]);

    await lab.registry.stop();
    const down = await run(['docker', 'multi'], second);
    expect(down.metrics).toMatchObject({ CannotPull: 0, CannotTell: 2 });
    expect(down.lines.map(({ verdict }) => verdict)).toEqual(['REGISTRY_UNAVAILABLE', 'REGISTRY_UNAVAILABLE']);
  }, 300_000);
});
