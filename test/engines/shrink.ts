import { Plan } from './parts';

/**
 * The least part of a plan for which something still holds. Each difference alone is among the exchanges that are played
 * anyway, so nearly all plans shrink without another exchange.
 */
export async function shrink(plan: Plan, holds: (part: Plan) => Promise<boolean>): Promise<Plan> {
  const differences = Object.entries(plan);
  for (let size = 1; size < differences.length; size++) {
    for (const part of choose(differences, size)) {
      if (await holds(Object.fromEntries(part))) {
        return Object.fromEntries(part);
      }
    }
  }
  return plan;
}

function choose<Item>(items: readonly Item[], size: number): Item[][] {
  if (size === 0) {
    return [[]];
  }
  return items.flatMap((item, index) => choose(items.slice(index + 1), size - 1).map((rest) => [item, ...rest]));
}
