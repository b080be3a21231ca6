import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGitea, Gitea } from './gitea-process';
import { checkPull, REAL_ENVIRONMENT, CheckInput, Credentials, Verdict } from '../../src/runtime/check';
import { Engine } from '../engines/engine';
import { judge } from '../engines/judge';
import { skopeo } from '../registries/clients';
import { Layout } from '../registries/images';
import { leaksIn } from '../support/leaks';

const PASSWORD = 'pa:ss-Wörd$+/7f3e';
const OWNER = 'acme-bot';
const STRANGER = 'stranger';
const DIRECTORY = mkdtempSync(join(tmpdir(), 'gitea-image-'));

let gitea: Gitea;
let logins: Record<Login, Credentials>;
const engines = { containerd: new Engine('containerd'), dockerd: new Engine('dockerd') };

beforeAll(async () => {
  gitea = await startGitea();
  [OWNER, STRANGER].forEach((username) => gitea.addUser(username, PASSWORD));
  logins = {
    'token': { username: OWNER, password: gitea.tokenFor(OWNER, 'read:package') },
    'password': { username: OWNER, password: PASSWORD },
    'token without read:package': { username: OWNER, password: gitea.tokenFor(OWNER, 'read:issue') },
    'wrong token': { username: OWNER, password: '0'.repeat(40) },
    'token of another user': { username: STRANGER, password: gitea.tokenFor(STRANGER, 'read:package') },
  };
  const layout = new Layout(DIRECTORY);
  const images = ['amd64', 'arm64'].map((architecture) => ({ ...layout.image(architecture), platform: { architecture, os: 'linux' } }));
  layout.tag('arm64', images[1]);
  layout.tag('multi', layout.imageIndex(images));
  for (const tag of ['arm64', 'multi']) {
    const to = `docker://${gitea.host}/${OWNER}/api:${tag}`;
    await skopeo('copy', '--all', '--dest-tls-verify=false', '--dest-creds', `${OWNER}:${PASSWORD}`, `oci:${DIRECTORY}:${tag}`, to);
  }
});

afterAll(async () => {
  await Promise.all([gitea?.stop(), ...Object.values(engines).map((engine) => engine.stop())]);
  rmSync(DIRECTORY, { recursive: true });
});

type Login = 'token' | 'password' | 'token without read:package' | 'wrong token' | 'token of another user';

/** Login, image below the owner, verdict, and what the message says. */
const CASES: readonly [login: Login, image: string, verdict: Verdict, message?: RegExp][] = [
  ['token', 'api:multi', 'OK'],
  ['password', 'api:multi', 'OK'],
  ['token without read:package', 'api:multi', 'CREDENTIALS_REJECTED', /the scope read:package/],
  ['wrong token', 'api:multi', 'CREDENTIALS_REJECTED', /the scope read:package/],
  ['token of another user', 'api:multi', 'PULL_DENIED', /read access to the packages/],
  ['token', 'api:none', 'IMAGE_NOT_FOUND'],
  ['token', 'none:1', 'IMAGE_NOT_FOUND'],
  ['token', 'api:arm64', 'PLATFORM_MISSING'],
];

test.each(CASES)('%s, %s: %s', async (login, path, verdict, message = /./) => {
  const credentials = logins[login];
  const input: CheckInput = {
    image: `${gitea.host}/${OWNER}/${path}`, credentials, platform: 'linux/amd64', registry: 'gitea', ca: gitea.ca, insecureLoopback: true,
  };
  const check = (engine: 'containerd' | 'dockerd') => checkPull({ ...input, engine }, { ...REAL_ENVIRONMENT, sleep: async () => {} });
  const pull = (engine: Engine) => engine.pull({ image: input.image, ...credentials, platform: 'linux/amd64', ca: gitea.ca });
  const outcome = {
    check: { Fargate: await check('containerd'), instances: await check('dockerd') },
    containerd: await pull(engines.containerd),
    dockerd: await pull(engines.dockerd),
  };

  // Gitea offers two ways to log in. dockerd sends Basic, which answers a missing right as a wrong token, so it stays open what containerd gets.
  expect(outcome.check.Fargate).toMatchObject({ verdict, definite: true, message: expect.stringMatching(message) });
  expect(outcome.check.instances.verdict).toBe(verdict === 'PULL_DENIED' ? 'CREDENTIALS_REJECTED' : verdict);
  for (const result of Object.values(outcome.check)) {
    expect(leaksIn(JSON.stringify(result), [credentials.password])).toEqual([]);
  }
  expect(judge(outcome, 'linux/amd64')).toEqual({});
});
