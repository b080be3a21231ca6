import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Cloud, REGION } from './cloud';

const EXAMPLE = join(__dirname, '../../../examples/typescript/web-service');

/** examples/typescript/web-service as a user has it, with the packed library and the cdk command. */
export class App {
  /** All that the command has written, to be searched for secrets. */
  public transcript = '';
  private readonly directory = mkdtempSync(join(tmpdir(), 'app-'));

  constructor() {
    cpSync(EXAMPLE, this.directory, { recursive: true, filter: (source) => !/node_modules|cdk\.out/.test(source) });
    symlinkSync(join(process.env.WORLD_CONSUMER!, 'node_modules'), join(this.directory, 'node_modules'));
  }

  /** Edits app.ts as its user would. Fails if there is nothing to replace. */
  public edit(from: string | RegExp, to: string): void {
    const file = join(this.directory, 'app.ts');
    const source = readFileSync(file, 'utf8');
    const edited = source.replace(from, () => to);
    if (edited === source) {
      throw new Error(`app.ts has no ${from}`);
    }
    writeFileSync(file, edited);
  }

  /** Runs the cdk command. */
  public async cdk(...args: string[]): Promise<{ status: number | null; output: string }> {
    // The kernel ends the command with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', join(this.directory, 'node_modules/.bin/cdk'), ...args, '--no-notices', '--no-color'], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        TMPDIR: process.env.TMPDIR,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: Cloud.administrator.accessKeyId,
        AWS_SECRET_ACCESS_KEY: Cloud.administrator.secretAccessKey,
        AWS_ENDPOINT_URL: Cloud.endpoint,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        // `npm run verify:templates` checks the types of the examples, which takes as long as a deployment.
        TS_NODE_TRANSPILE_ONLY: 'true',
      },
    });
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    this.transcript += stdout + stderr;
    return { status, output: stdout + stderr };
  }
}
