import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { END, ProcessOptions, Routes } from './lambda-process';

export const BUNDLE = join(__dirname, '..', '..', 'assets', 'pull-check', 'handler', 'index', 'index.js');
/** The Node.js that the function runs on: that of the tests, unless `scripts/handler/test.ts` sets another. */
export const NODE = process.env.HANDLER_NODE ?? process.execPath;
export const ROLE = 'arn:aws:iam::111122223333:role/Stack-PullCheckRole-1A2B3C';
/** After this time a function is stopped, as Lambda does it after 150 seconds. */
const TIMEOUT = 20_000;
/** What Lambda gives every function, and no log may ever have. */
export const AWS_SECRETS = ['4wsSecr3tAccessKey/Zq81', 'S3ssionT0ken/77aX'];

export interface FunctionOptions {
  /** The server that stands for AWS. */
  readonly aws: string;
  readonly routes?: Routes;
  readonly speed?: number;
  readonly environment?: Record<string, string>;
}

export interface Invocation {
  readonly result?: any;
  readonly error?: string;
  /** The memory that the process had at most so far. */
  readonly kilobytes: number;
  /** Everything that was written to standard output and standard error. */
  readonly log: string;
}

/** A Lambda function that stays warm: one process, one invocation at a time. */
export class LambdaFunction {
  private readonly directory = mkdtempSync(join(tmpdir(), 'lambda-'));
  private readonly process;
  private output = { stdout: '', stderr: '' };
  private waiting: Promise<unknown> = Promise.resolve();
  private onOutput?: () => void;

  constructor({ aws, routes = {}, speed = 1, environment = {} }: FunctionOptions) {
    if (!existsSync(BUNDLE)) {
      throw new Error(`${BUNDLE} is not there; run "npx projen bundle" first`);
    }
    const outfile = join(this.directory, 'process.js');
    buildSync({ entryPoints: [join(__dirname, 'lambda-process.ts')], outfile, platform: 'node', format: 'cjs', target: 'node20', bundle: true });
    const options: ProcessOptions = { bundle: BUNDLE, routes, speed };
    this.process = spawn(NODE, [outfile, JSON.stringify(options)], {
      env: {
        AWS_LAMBDA_FUNCTION_NAME: 'pull-check',
        AWS_REGION: 'eu-west-1',
        AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
        AWS_SECRET_ACCESS_KEY: AWS_SECRETS[0],
        AWS_SESSION_TOKEN: AWS_SECRETS[1],
        AWS_ENDPOINT_URL_SECRETS_MANAGER: aws,
        AWS_ENDPOINT_URL_CLOUDFORMATION: aws,
        AWS_ENDPOINT_URL_LAMBDA: aws,
        READER: ROLE,
        ...environment,
      },
    });
    for (const name of ['stdout', 'stderr'] as const) {
      this.process[name].setEncoding('utf8').on('data', (text: string) => {
        this.output[name] += text;
        this.onOutput?.();
      });
    }
  }

  public async invoke(handler: 'respond' | 'probe', event: unknown): Promise<Invocation> {
    const invocation = this.waiting.then(async () => this.run(handler, event));
    this.waiting = invocation.catch(() => undefined);
    return invocation;
  }

  public close(): void {
    this.process.kill();
    rmSync(this.directory, { recursive: true });
  }

  private async run(handler: string, event: unknown): Promise<Invocation> {
    this.output = { stdout: '', stderr: '' };
    this.process.stdin.write(`${JSON.stringify({ handler, event })}\n`);
    const timer = setTimeout(() => this.process.kill(), TIMEOUT);
    await new Promise<void>((resolve, reject) => {
      this.onOutput = () => this.output.stderr.includes(END) && /\0.*\n/.test(this.output.stdout) && resolve();
      this.process.once('exit', (code) => reject(new Error(`the function ended with ${code}: ${this.output.stderr}`)));
    });
    clearTimeout(timer);
    this.process.removeAllListeners('exit');
    const [stdout, outcome] = this.output.stdout.split(END);
    return { ...JSON.parse(outcome), log: stdout + this.output.stderr.replace(END, '') };
  }
}
