import { Engine, Pulled } from './engine';
import { checkPull, CheckInput, CheckResult, Credentials } from '../../src/runtime/check';
import { virtualEnvironment, Bench } from '../support/check-harness';
import { Answer, Script } from '../support/scripted-registry';
import { VirtualTime } from '../support/virtual-time';

/** What runs the tasks, and the engine that it pulls with. */
export const LAUNCHERS = ['Fargate', 'instances'] as const;
export type Launcher = typeof LAUNCHERS[number];

/** One registry, and what is asked of it. */
export interface Exchange {
  readonly script: Script;
  readonly input: CheckInput & { readonly credentials: Credentials; readonly platform?: string };
}

/** What the check says about an exchange for each launcher, and what the engines do. */
export interface Outcome {
  readonly check: Readonly<Record<Launcher, CheckResult>>;
  readonly containerd: Pulled;
  readonly dockerd: Pulled;
}

/** How long a server that never answers is given before the engine counts as waiting. Nothing but such servers depends on it. */
const NEVER = 2_000;

/** Servers and engines that play one exchange after the other. */
export class Stage {
  private readonly containerd = new Engine('containerd');
  private readonly dockerd = new Engine('dockerd');

  public constructor(private readonly bench: Bench) {
  }

  /** The authority of the servers. */
  public get ca(): string {
    return this.bench.certificate.ca;
  }

  public async play(exchange: Exchange): Promise<Outcome> {
    return {
      check: { Fargate: await this.check(exchange, 'Fargate'), instances: await this.check(exchange, 'instances') },
      containerd: await this.pull(exchange, this.containerd),
      dockerd: await this.pull(exchange, this.dockerd),
    };
  }

  public async stop(): Promise<void> {
    await this.containerd.stop();
    await this.dockerd.stop();
    await this.bench.secure.close();
    await this.bench.plain.close();
  }

  private check({ script, input }: Exchange, launcher: Launcher): Promise<CheckResult> {
    const time = new VirtualTime();
    this.serve(script, time);
    return checkPull({ ...input, engine: launcher === 'Fargate' ? 'containerd' : 'dockerd' }, virtualEnvironment(this.bench, time));
  }

  private pull({ script, input }: Exchange, engine: Engine): Promise<Pulled> {
    const neverAnswered = new Promise<void>((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      this.serve((request, call) => {
        const answer = finite(script(request, call));
        if (answer.fault === 'hang' || answer.fault === 'drip') {
          timer ??= setTimeout(resolve, NEVER).unref();
        }
        return answer;
      });
    });
    const { image, credentials, platform = 'linux/amd64', ca } = input;
    return engine.pull({ image, ...credentials, platform, ca, secure: this.bench.secure.port, plain: this.bench.plain.port }, neverAnswered);
  }

  private serve(script: Script, time?: VirtualTime): void {
    this.bench.secure.play(script, time);
    this.bench.plain.play(script, time);
  }
}

/** An engine reads an endless answer into its memory; byte by byte it takes as long and less of it. */
function finite(answer: Answer): Answer {
  return answer.fault === 'endless' ? { ...answer, fault: 'drip' } : answer;
}
