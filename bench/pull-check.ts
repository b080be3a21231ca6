import { contestFor, WarmFunction, Contest, Contestant } from './contestants';
import { Report } from './report';
import { repeat, Series } from './series';
import { startSites, Site } from './sites';
import { median } from './statistics';

const ROUND_TRIPS = [0, 20, 100];
const LIMIT = { pairs: 18, seconds: 20 };

/** Times of everybody at one site and distance, in milliseconds, round by round. */
type Times = Map<Contestant, number[]>;

/** One of us over the fastest of the others, who may be another one with every round. */
class AgainstFastest extends Series {
  constructor(private readonly times: Times, private readonly ours: Contestant, private readonly others: readonly Contestant[], bar?: number) {
    super(bar);
  }

  public get fastest(): Contestant {
    return this.others.reduce((best, other) => (median(this.times.get(other)!) < median(this.times.get(best)!) ? other : best));
  }

  /** Milliseconds. */
  public get differences(): number[] {
    const fastest = this.times.get(this.fastest)!;
    return this.times.get(this.ours)!.map((time, round) => time - fastest[round]);
  }

  public update(): void {
    const fastest = this.times.get(this.fastest)!;
    this.ratios.splice(0, Infinity, ...this.times.get(this.ours)!.map((time, round) => time / fastest[round]));
  }
}

export async function benchPullCheck(report: Report): Promise<void> {
  const sites = await startSites();
  const cleanups: Array<() => Promise<void>> = [];
  try {
    const lambda = await WarmFunction.start(sites.ca);
    cleanups.push(async () => lambda.stop());
    for (const site of sites.sites) {
      const contest = contestFor(site, sites, lambda, cleanups);
      await benchSite(report, site, contest);
    }
  } finally {
    await Promise.allSettled(cleanups.map(async (cleanup) => cleanup()));
    await sites.stop();
  }
}

async function benchSite(report: Report, site: Site, contest: Contest): Promise<void> {
  const group = `Pull check: ${site.name}`;
  for (const roundTrip of ROUND_TRIPS) {
    site.setRoundTrip(roundTrip);
    await compareTimes(report, group, site, contest, roundTrip);
  }
}

async function compareTimes(report: Report, group: string, site: Site, { kept, fresh, command, others }: Contest, roundTrip: number): Promise<void> {
  // New connections first: the next request finds them.
  const everybody = [fresh, kept, command, ...others];
  const times: Times = new Map(everybody.map((contestant) => [contestant, []]));
  const bar = roundTrip === 0 ? undefined : 1;
  const [warm, first, process] = [
    new AgainstFastest(times, kept, others, bar),
    new AgainstFastest(times, fresh, others),
    new AgainstFastest(times, command, others),
  ];
  await repeat([warm, first, process], LIMIT, async () => {
    for (const contestant of everybody) {
      await contestant.prepare?.();
      const started = performance.now();
      await contestant.ask();
      times.get(contestant)!.push(performance.now() - started);
    }
    [warm, first, process].forEach((series) => series.update());
  });

  const distance = `${roundTrip} ms away`;
  const milliseconds = (contestant: Contestant) => `${median(times.get(contestant)!).toFixed(0)} ms`;
  const both = roundTrip === 0 ? `: ${milliseconds(kept)} and ${milliseconds(warm.fastest)}` : '';
  report.addSeries(group, `${distance}, warm function over ${warm.fastest.name}`, warm, both);
  report.addSeries(group, `${distance}, the same with new connections`, first);
  if (roundTrip === Math.max(...ROUND_TRIPS)) {
    // Next to such a way the time that programs take is no whole round trip.
    const more = Math.max(0, Math.round(median(first.differences) / roundTrip));
    report.add(group, 'round trips more than the fastest, with new connections', `${more}`, `at most ${site.loginProbes}, for the login`, more <= site.loginProbes);
  }
  report.addSeries(group, `${distance}, the command over ${process.fastest.name}`, process);
}
