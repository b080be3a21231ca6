import { Report } from './report';
import { Variant } from './services';
import { synthesizeInNewProcess } from './synth';

const GROUP = 'Template';
/** Of CloudFormation, for one stack. */
const MOST_RESOURCES = 500;
const FEW = 10;
const MANY = 30;

interface Cost {
  readonly resources: number;
  readonly bytes: number;
  /** Resources beside those of each service. */
  readonly fixed: number;
}

export function benchTemplate(report: Report): void {
  const [raw, unchecked, checked] = (['raw', 'unchecked', 'checked'] as const).map(costOfService);
  const resources = (cost: Cost) => `${cost.resources} against ${raw.resources}`;
  report.add(GROUP, 'resources of each further service, check off', resources(unchecked), `at most ${raw.resources}`, unchecked.resources <= raw.resources);
  report.add(GROUP, 'resources of each further service, check on', resources(checked), `at most ${raw.resources + 1}`, checked.resources <= raw.resources + 1);
  report.add(GROUP, 'resources of the first check of a stack, beside its own', `${checked.fixed - raw.fixed}`);
  const bytes = (cost: Cost) => `${(cost.bytes / raw.bytes).toFixed(3)} times (${cost.bytes} against ${raw.bytes})`;
  report.add(GROUP, 'bytes of each further service, check off', bytes(unchecked));
  report.add(GROUP, 'bytes of each further service, check on', bytes(checked));

  const fitting = (variant: Variant, cost: Cost) => mostServices(variant, Math.floor((MOST_RESOURCES - cost.fixed) / cost.resources));
  const byHand = fitting('raw', raw);
  const off = fitting('unchecked', unchecked);
  report.add(GROUP, `services in a stack of ${MOST_RESOURCES} resources, check off`, `${off} against ${byHand}`, `at least ${byHand}`, off >= byHand);
  report.add(GROUP, `services in a stack of ${MOST_RESOURCES} resources, check on`, `${fitting('checked', checked)} against ${byHand}`);
}

function costOfService(variant: Variant): Cost {
  const [few, many] = [FEW, MANY].map((services) => synthesizeInNewProcess(variant, services));
  const resources = (many.resources - few.resources) / (MANY - FEW);
  return { resources, bytes: (many.bytes - few.bytes) / (MANY - FEW), fixed: few.resources - FEW * resources };
}

/** Begins with what should fit, and believes only what was synthesized. */
function mostServices(variant: Variant, expected: number): number {
  let services = expected;
  while (!fits(variant, services)) {
    services--;
  }
  while (fits(variant, services + 1)) {
    services++;
  }
  return services;
}

function fits(variant: Variant, services: number): boolean {
  try {
    return synthesizeInNewProcess(variant, services).resources <= MOST_RESOURCES;
  } catch (error) {
    if (/Number of resources/.test(`${error}`)) {
      return false;
    }
    throw error;
  }
}
