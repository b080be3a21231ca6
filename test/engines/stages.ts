import { Stage } from './play';
import { startBench } from '../support/check-harness';

/** Several stages share the work, since engines wait a while before they ask again. */
const COUNT = 4;

export interface Stages {
  /** Results in the order of the items. */
  each<Item, Result>(items: readonly Item[], work: (stage: Stage, item: Item) => Promise<Result>): Promise<Result[]>;
}

export function useStages(): () => Stages {
  let stages: Stage[] = [];
  beforeAll(async () => {
    stages = await Promise.all(Array.from({ length: COUNT }, async () => new Stage(await startBench())));
  });
  afterAll(async () => {
    await Promise.all(stages.map((stage) => stage.stop()));
  });
  return () => ({
    each: async (items, work) => {
      const results: Awaited<ReturnType<typeof work>>[] = [];
      const rest = items.entries();
      await Promise.all(stages.map(async (stage) => {
        for (const [index, item] of rest) {
          results[index] = await work(stage, item);
        }
      }));
      return results;
    },
  });
}
