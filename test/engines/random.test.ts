import * as fc from 'fast-check';
import { DIMENSIONS } from './dimensions';
import { judge, Judgement } from './judge';
import { Plan } from './parts';
import { LAUNCHERS, Stage } from './play';
import { exchangeOfPlan } from './registry-of-plan';
import { planText, Report } from './report';
import { useStages } from './stages';

const SEED = Number(process.env.ENGINES_SEED ?? 1);
const COUNT = Number(process.env.ENGINES_COUNT ?? 1_000);

const VALUES = Object.entries(DIMENSIONS).flatMap(([dimension, values]) => Object.keys(values).map((value) => [dimension, value] as const));

/** Each difference alone, then together with others. */
function plans(): Plan[] {
  const together = fc.uniqueArray(fc.constantFrom(...VALUES), { minLength: 2, maxLength: 4, selector: ([dimension]) => dimension });
  return [
    ...VALUES.map(([dimension, value]) => ({ [dimension]: value })),
    ...fc.sample(together, { seed: SEED, numRuns: COUNT }).map((differences) => Object.fromEntries(differences)),
  ];
}

describe('registries at random', () => {
  const stages = useStages();
  const known = new Map<string, Promise<Judgement>>();

  const judged = (stage: Stage, plan: Plan): Promise<Judgement> => {
    const key = planText(plan);
    const judgement = known.get(key) ?? stage.play(exchangeOfPlan(plan, stage.ca)).then((outcome) => {
      (globalThis as any).rows.push([key, outcome]);
      return judge(outcome, exchangeOfPlan(plan, stage.ca).input.platform);
    });
    known.set(key, judgement);
    return judgement;
  };

  test('as known', async () => {
    (globalThis as any).rows = [];
    const report = new Report();
    const start = Date.now();
    const all = plans();
    await stages().each(all, async (stage, plan) => {
      const judgement = await judged(stage, plan);
      for (const launcher of LAUNCHERS) {
        const fault = judgement[launcher];
        if (fault !== undefined) {
          report.add(`${launcher}: ${fault}`, planText(plan));
        }
      }
    });
    console.log(all.length, Date.now() - start, report.text());
    require('fs').writeFileSync('/tmp/eng/rows.json', JSON.stringify((globalThis as any).rows));
  });
});
