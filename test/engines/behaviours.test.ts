import { exchangeOf, scriptedBehaviours } from './behaviours';
import { judge } from './judge';
import { Outcome } from './play';
import { Report, writeTable } from './report';
import { useStages } from './stages';

const BEHAVIOURS = scriptedBehaviours();

describe('what the tests of the check describe', () => {
  const stages = useStages();

  test('the check agrees with the engines', async () => {
    const report = new Report();
    const rows: [string, Outcome][] = [];
    const played = await stages().each([...BEHAVIOURS], async (stage, [name, behaviour]) => {
      const exchange = exchangeOf(behaviour, stage.ca);
      return exchange && { name, exchange, outcome: await stage.play(exchange) };
    });
    played.filter((one) => one !== undefined).forEach(({ name, exchange, outcome }) => {
      report.addAll(judge(outcome, exchange.input.platform), name);
      rows.push([name, outcome]);
    });
    writeTable('behaviours', rows);
    report.print('Behaviours of which the check is wrong');
    expect(rows.length).toBeGreaterThan(150);
    expect(report.faults()).toEqual([]);
  });
});
