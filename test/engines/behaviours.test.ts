import { exchangeOf, scriptedBehaviours } from './behaviours';
import { judge } from './judge';
import { useStages } from './stages';

const BEHAVIOURS = scriptedBehaviours();

describe('what the tests of the check describe, played to the engines', () => {
  const stages = useStages();

  test('as known', async () => {
    const rows = await stages().each([...BEHAVIOURS], async (stage, [name, behaviour]) => {
      const exchange = exchangeOf(behaviour, stage.ca);
      if (exchange === undefined) {
        return undefined;
      }
      const outcome = await stage.play(exchange);
      return { name, outcome, judgement: judge(outcome, exchange.input.platform) };
    });
    for (const row of rows) {
      if (row) console.log(row.name, '|', row.outcome.check.Fargate.verdict, '|', row.outcome.containerd.error ?? 'pulls', '|', row.outcome.dockerd.error ?? 'pulls', '|', JSON.stringify(row.judgement));
    }
  });
});
