import { Pulled } from './engine';
import { LAUNCHERS, Launcher, Outcome } from './play';
import { parsePlatform } from '../../src/runtime/oci/platform';

/** The ways in which the check can be wrong about an engine; `undefined` is right, or not definite. */
export const FAULTS = ['no, but it can be pulled', 'yes, but it cannot be pulled', 'yes, but it cannot run'] as const;
export type Fault = typeof FAULTS[number];

export type Judgement = Readonly<Partial<Record<Launcher, Fault>>>;

/**
 * A definite no: the engine fails, or what it pulls cannot run. A yes: it pulls. Fargate's engine is containerd. Nobody
 * knows which of both an instance has: a yes is dockerd's, a definite no needs both to fail.
 */
export function judge({ check, containerd, dockerd }: Outcome, platform: string | undefined): Judgement {
  const engines: Record<Launcher, { yes: Pulled; no: Pulled[] }> = {
    Fargate: { yes: containerd, no: [containerd] },
    instances: { yes: dockerd, no: [dockerd, containerd] },
  };
  const faults = LAUNCHERS.map((launcher) => {
    const { kind } = check[launcher];
    const { yes, no } = engines[launcher];
    if (kind === 'no') {
      return [launcher, no.some((pulled) => pulled.ok && canRun(pulled, platform)) ? FAULTS[0] : undefined];
    }
    if (kind === 'yes') {
      return [launcher, yes.ok ? canRun(yes, platform) ? undefined : FAULTS[2] : FAULTS[1]];
    }
    return [launcher, undefined];
  });
  return Object.fromEntries(faults.filter(([, fault]) => fault !== undefined)) as Judgement;
}

/**
 * An image for another processor dies at once. An image that names none is taken for one of the machine's; which variants a
 * machine has, and whether it runs programs of 32 bits, nobody knows: neither is certain not to run.
 */
function canRun({ notRunnable, platform }: Pulled, wanted: string | undefined): boolean {
  if (notRunnable !== undefined) {
    return false;
  }
  if (wanted === undefined || platform === undefined) {
    return true;
  }
  const has = parsePlatform(platform);
  const wants = parsePlatform(wanted);
  return has.os === wants.os && [wants.architecture, SMALLER[wants.architecture]].includes(has.architecture);
}

const SMALLER: Readonly<Record<string, string>> = { amd64: '386', arm64: 'arm' };
