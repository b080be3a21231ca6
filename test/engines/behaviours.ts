import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Exchange } from './play';
import { HOST, Behaviour } from '../support/check-harness';
import { PASSWORD, registry, USERNAME } from '../support/registry-script';

const TESTS = join(__dirname, '../runtime');

/** The behaviours that the tests of the check describe, by `<title>: <name>`. */
export function scriptedBehaviours(): Map<string, Behaviour> {
  const found = new Map<string, Behaviour>();
  jest.doMock('../support/check-harness', () => ({
    ...jest.requireActual<object>('../support/check-harness'),
    describeBehaviours: (title: string, behaviours: readonly Behaviour[]) => {
      behaviours.forEach((behaviour) => found.set(`${title}: ${behaviour.name}`, behaviour));
    },
  }));
  // The tests that those files have besides belong to them.
  const { describe: kept } = globalThis;
  globalThis.describe = Object.assign(() => undefined, kept);
  try {
    readdirSync(TESTS).filter((file) => /^check\..*\.test\.ts$/.test(file)).forEach((file) => jest.requireActual(join(TESTS, file)));
  } finally {
    globalThis.describe = kept;
  }
  return found;
}

/** `undefined` for what the check sees of its own network, since an engine has another, and for several platforms: an engine has one. */
export function exchangeOf(behaviour: Behaviour, ca: string): Exchange | undefined {
  if (behaviour.environment !== undefined || Array.isArray(behaviour.input?.platform)) {
    return undefined;
  }
  const input: Exchange['input'] = {
    image: `${HOST}/acme/api:1.4.2`,
    credentials: { username: USERNAME, password: PASSWORD },
    ca,
    timeoutMs: 20_000,
    ...behaviour.input as Partial<Exchange['input']>,
  };
  const host = new URL(`https://${input.image}`).host.replace(/^docker\.io$/, 'registry-1.docker.io');
  return { input, script: behaviour.script ?? registry(host, behaviour.quirks) };
}
