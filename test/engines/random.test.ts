import * as fc from 'fast-check';
import { DIMENSIONS } from './dimensions';
import { judge, Judgement } from './judge';
import { Plan } from './parts';
import { LAUNCHERS, Outcome, Stage } from './play';
import { exchangeOfPlan } from './registry-of-plan';
import { planText, Report, writeTable } from './report';
import { shrink } from './shrink';
import { useStages } from './stages';

const DEFAULTS = { seed: 1, count: 1_000 };
const SEED = Number(process.env.ENGINES_SEED ?? DEFAULTS.seed);
const COUNT = Number(process.env.ENGINES_COUNT ?? DEFAULTS.count);

const DIFFERENCES = Object.entries(DIMENSIONS).flatMap(([dimension, values]) => Object.keys(values).map((value) => [dimension, value] as const));

/** Registries that differ in one thing, all of them, and then registries that differ in several, at random. */
function plans(): Plan[] {
  const several = fc.uniqueArray(fc.constantFrom(...DIFFERENCES), { minLength: 2, maxLength: 4, selector: ([dimension]) => dimension });
  return [
    {},
    ...DIFFERENCES.map((difference) => Object.fromEntries([difference])),
    ...fc.sample(several, { seed: SEED, numRuns: COUNT }).map((differences) => Object.fromEntries(differences)),
  ];
}

/** What was found out about each plan; none is played twice. */
class Findings {
  private readonly judgements = new Map<string, Promise<Judgement>>();
  public readonly outcomes: [string, Outcome][] = [];

  public judgementOf(stage: Stage, plan: Plan): Promise<Judgement> {
    const name = planText(plan);
    const judgement = this.judgements.get(name) ?? this.judge(stage, plan);
    this.judgements.set(name, judgement);
    return judgement;
  }

  private async judge(stage: Stage, plan: Plan): Promise<Judgement> {
    const exchange = exchangeOfPlan(plan, stage.ca);
    const outcome = await stage.play(exchange);
    this.outcomes.push([planText(plan), outcome]);
    return judge(outcome, exchange.input.platform);
  }
}

describe('registries at random', () => {
  const stages = useStages();

  test('the check agrees with the engines', async () => {
    const findings = new Findings();
    const report = new Report();
    const all = plans();
    const judgements = await stages().each(all, async (stage, plan) => findings.judgementOf(stage, plan));
    await stages().each(all, async (stage, plan) => {
      for (const launcher of LAUNCHERS) {
        const fault = judgements[all.indexOf(plan)][launcher];
        if (fault !== undefined) {
          const least = await shrink(plan, async (part) => (await findings.judgementOf(stage, part))[launcher] === fault);
          report.add(launcher, fault, planText(least));
        }
      }
    });
    writeTable('random', findings.outcomes);
    report.print(`Registries that the check is wrong about, of ${all.length} (seed ${SEED}; ENGINES_SEED and ENGINES_COUNT choose others)`);
    expect(judgements[0]).toEqual({});
    expect(report.faults()).toEqual([]);
  });
});
