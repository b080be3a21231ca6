import { ALICE } from './accounts';
import { checkAt } from './checking';
import { craneFor, skopeoInspect } from './clients';
import { REPOSITORY } from './images';
import { useLab, Access, AccessName } from './lab';
import { SOFTWARE } from './registries';

/** What a check of a private image asks for, in order. More is a change that somebody has to want. */
const FLOWS: readonly { access: AccessName; tag: string; platform?: string; asks: string }[] = [
  { access: 'basic', tag: 'multi', platform: 'linux/amd64', asks: 'HEAD manifest 401, GET manifest 200' },
  { access: 'basic', tag: 'amd64', platform: 'linux/amd64', asks: 'HEAD manifest 401, GET manifest 200, GET config 200' },
  { access: 'basic', tag: 'multi', asks: 'HEAD manifest 401, HEAD manifest 200' },
  { access: 'token', tag: 'multi', platform: 'linux/amd64', asks: 'HEAD manifest 401, GET login 200, GET token 200, GET manifest 200' },
  { access: 'token', tag: 'amd64', platform: 'linux/amd64', asks: 'HEAD manifest 401, GET login 200, GET token 200, GET manifest 200, GET config 200' },
  { access: 'token', tag: 'multi', asks: 'HEAD manifest 401, GET login 200, GET token 200, HEAD manifest 200' },
];

describe.each(SOFTWARE)('$name', (software) => {
  const lab = useLab(software);

  test.each(FLOWS)('$access, $tag, platform $platform', async ({ access: name, tag, platform, asks }) => {
    const access = lab().access(name);
    const { result, registry, tokens } = await checkAt(access, `${REPOSITORY}:${tag}`, ALICE, { platform });

    expect(result.verdict).toBe('OK');
    expect(result.requests.map(({ method, purpose, status }) => `${method} ${purpose} ${status}`).join(', ')).toBe(asks);
    expect(registry.length + tokens.length).toBe(result.requests.length);
    const login = result.requests.filter(({ purpose }) => purpose === 'login').length;
    expect(result.requests.length - login).toBeLessThanOrEqual(await requestsOfSkopeo(access, tag));
  });

  test.each([['basic', 2], ['token', 3]] as const)('an index with %s: as few as the leanest command of crane and skopeo, the login aside', async (name, needed) => {
    const access = lab().access(name);
    const { result } = await checkAt(access, `${REPOSITORY}:multi`, ALICE, { platform: 'linux/amd64' });
    expect(result.requests.filter(({ purpose }) => purpose !== 'login')).toHaveLength(needed);

    const image = `${access.host}/${REPOSITORY}:multi`;
    const crane = craneFor(access.host, ALICE);
    try {
      const theirs = {
        'crane digest': await counted(access, () => crane.run('digest', image)),
        'crane manifest': await counted(access, () => crane.run('manifest', image)),
        'skopeo inspect --raw': await counted(access, () => skopeoInspect(image, ALICE, '--raw')),
      };
      expect(Math.min(...Object.values(theirs))).toBe(needed);
    } finally {
      crane.remove();
    }
  });
});

/** With its list of tags, which is no part of the question, left out. */
function requestsOfSkopeo(access: Access, tag: string): Promise<number> {
  return counted(access, () => skopeoInspect(`${access.host}/${REPOSITORY}:${tag}`, ALICE, '--override-os=linux', '--override-arch=amd64', '--no-tags'));
}

async function counted(access: Access, action: () => Promise<unknown>): Promise<number> {
  const count = () => access.seen.length + (access.tokens?.seen.length ?? 0);
  const before = count();
  await action();
  return count() - before;
}
