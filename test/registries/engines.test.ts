import { ALICE } from './accounts';
import { CASES, schemeOf } from './cases';
import { checkAt } from './checking';
import { useDigests } from './digests';
import { useEngines } from './engines';
import { useLab } from './lab';
import { SOFTWARE } from './registries';
import { EngineName } from '../engines/engine';
import { judge } from '../engines/judge';
import { LAUNCHERS } from '../engines/play';

/** No engine pulls over plain HTTP from a registry that is not its own machine's. */
const SECURE = ['open-tls', 'basic-tls', 'token-tls'] as const;

/** What the check says of a task is what its engine does: nothing here is open. */
describe.each(SOFTWARE)('$name', (software) => {
  const lab = useLab(software);
  const digests = useDigests(lab);
  const engines = useEngines();

  describe.each(SECURE)('%s', (name) => {
    test.each(CASES.map((c) => [c.name, c] as const))('%s', async (_, c) => {
      const access = lab().access(name);
      const credentials = c.credentials ?? ALICE;
      const [platform] = [c.input?.platform ?? []].flat();
      const image = digests().named(c.image);
      const expected = typeof c.verdict === 'string' ? c.verdict : c.verdict[schemeOf(name)];

      const { result: Fargate } = await checkAt(access, image, credentials, { ...c.input, engine: 'containerd' });
      const { result: instances } = await checkAt(access, image, credentials, { ...c.input, engine: 'dockerd' });
      const pulled = (engine: EngineName) => engines().pull(engine, access, image, credentials, platform);
      const outcome = { check: { Fargate, instances }, containerd: await pulled('containerd'), dockerd: await pulled('dockerd') };

      expect(judge(outcome, platform)).toEqual({});
      expect(LAUNCHERS.map((launcher) => outcome.check[launcher].verdict)).toEqual([expected, expected]);
      expect(LAUNCHERS.map((launcher) => outcome.check[launcher].definite)).toEqual([true, true]);
    });
  });
});
