import { ALICE } from './accounts';
import { checkAt, eventually } from './checking';
import { useDigests } from './digests';
import { useEngines } from './engines';
import { REPOSITORY } from './images';
import { useLab, AccessName } from './lab';
import { SOFTWARE } from './registries';
import { ENGINES, EngineName } from '../engines/engine';

type Secure = Extract<AccessName, `${string}-tls`>;

/** How a check of a private image begins, and what it asks then. More is a change that somebody has to want. */
const LOGINS: Readonly<Record<EngineName | 'not known', Readonly<Record<Secure, string>>>> = {
  'containerd': {
    'open-tls': '',
    'basic-tls': 'HEAD manifest 401, ',
    'token-tls': 'HEAD manifest 401, GET login 200, POST token 200, ',
    'token-get-tls': 'HEAD manifest 401, GET login 200, POST token 404, GET token 200, ',
  },
  'dockerd': {
    'open-tls': 'GET ping 200, ',
    'basic-tls': 'GET ping 401, ',
    'token-tls': 'GET ping 401, GET login 200, GET token 200, ',
    'token-get-tls': 'GET ping 401, GET login 200, GET token 200, ',
  },
  'not known': {
    'open-tls': '',
    'basic-tls': 'HEAD manifest 401, ',
    'token-tls': 'HEAD manifest 401, GET login 200, GET token 200, ',
    'token-get-tls': 'HEAD manifest 401, GET login 200, GET token 200, ',
  },
};
const INDEX = 'HEAD manifest 200, GET manifest 200, HEAD child 200';
const IMAGES: readonly { image: string; asks: string }[] = [
  { image: `${REPOSITORY}:multi`, asks: INDEX },
  { image: `${REPOSITORY}@<multi>`, asks: INDEX },
  { image: `${REPOSITORY}:amd64`, asks: 'HEAD manifest 200, GET manifest 200, GET config 200' },
];
const SECURE = Object.keys(LOGINS.containerd) as Secure[];

describe.each(SOFTWARE)('$name', (software) => {
  const lab = useLab(software);
  const digests = useDigests(lab);
  const engines = useEngines();

  describe.each(ENGINES)('%s', (engine) => {
    test.each(SECURE.flatMap((name) => IMAGES.map(({ image, asks }) => [name, image, asks] as const)))('%s, %s: no more than the engine, the login aside', async (name, tag, asks) => {
      const access = lab().access(name);
      const image = digests().named(tag);
      const { result, registry, tokens } = await checkAt(access, image, ALICE, { platform: 'linux/amd64', engine });

      // dockerd does not ask what a digest is.
      const asked = engine === 'dockerd' && tag.includes('@') ? asks.replace('HEAD manifest 200, ', '') : asks;
      expect(result.verdict).toBe(name === 'open-tls' ? 'PUBLIC_IMAGE' : 'OK');
      expect(result.requests.map(({ method, purpose, status }) => `${method} ${purpose} ${status}`).join(', ')).toBe(LOGINS[engine][name] + asked);
      expect(registry.length + tokens.length).toBe(result.requests.length);

      const count = () => access.seen.length + (access.tokens?.seen.length ?? 0);
      const before = count();
      const needed = result.requests.filter(({ purpose }) => purpose !== 'login').length;
      expect(await engines().pull(engine, access, image, ALICE, 'linux/amd64')).toMatchObject({ ok: true });
      await eventually(() => count() - before >= needed);
      expect(count() - before).toBeGreaterThanOrEqual(needed);
    });
  });

  test.each(SECURE)('%s, without an engine and a platform: the digest alone', async (name) => {
    const { result } = await checkAt(lab().access(name), `${REPOSITORY}:multi`, ALICE);

    expect(result.requests.map(({ method, purpose, status }) => `${method} ${purpose} ${status}`).join(', ')).toBe(`${LOGINS['not known'][name]}HEAD manifest 200`);
  });
});
