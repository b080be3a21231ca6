import { filesOfCdk } from './files';
import { Report } from './report';
import { repeat, Series } from './series';
import { Variant } from './services';
import { SynthOrder } from './synth-process';
import { inNewProcess, LIBRARY } from './workers';

const GROUP = 'Synthesis: time with the library over time by hand';
const EVERYWHERE_GROUP = 'Synthesis: time with PrivateRegistries over time with image objects';
const EVERYWHERE_BAR = 1.5;
const EVERYWHERE_SERVICES = 30;
const LIMIT = { pairs: 100, seconds: 200 };
const BARS = { unchecked: 1.05, checked: 1.15 } as const;
const TITLES = { unchecked: 'check off', checked: 'check on' } as const;

class VariantSeries extends Series {
  constructor(public readonly variant: keyof typeof BARS) {
    super(BARS[variant]);
  }
}

function timeOf(variant: Variant, services: number): number {
  const order: SynthOrder = { variant, services, library: LIBRARY, preload: filesOfCdk() };
  return inNewProcess<number>('synth-process', order);
}

export async function benchSynth(report: Report): Promise<void> {
  for (const services of [10, 30]) {
    const series = [new VariantSeries('unchecked'), new VariantSeries('checked')];
    await repeat(series, LIMIT, async (open, round) => {
      // Whoever goes first in one round goes last in the next.
      const variants: Variant[] = ['raw', ...open.map(({ variant }) => variant)];
      const order = round % 2 === 0 ? variants : variants.reverse();
      const times = new Map(order.map((variant) => [variant, timeOf(variant, services)]));
      open.forEach((one) => one.add(times.get(one.variant)! / times.get('raw')!));
    });
    for (const one of series) {
      report.addSeries(GROUP, `${services} services, ${TITLES[one.variant]}`, one);
    }
  }
  await benchEverywhere(report);
}

/** One statement for an app against an image object in each container. */
async function benchEverywhere(report: Report): Promise<void> {
  const series = new Series(EVERYWHERE_BAR);
  await repeat([series], LIMIT, async (_open, round) => {
    const order: Variant[] = round % 2 === 0 ? ['imageObjects', 'everywhere'] : ['everywhere', 'imageObjects'];
    const times = new Map(order.map((variant) => [variant, timeOf(variant, EVERYWHERE_SERVICES)]));
    series.add(times.get('everywhere')! / times.get('imageObjects')!);
  });
  report.addSeries(EVERYWHERE_GROUP, `${EVERYWHERE_SERVICES} services`, series);
}
