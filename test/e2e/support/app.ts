import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { transformSync } from 'esbuild';
import { ENDPOINT, REGION, ROOT, Cloud } from './cloud';

export interface CdkRun {
  readonly status: number | null;
  /** Everything that the command wrote. */
  readonly output: string;
}

/** An app of a user, in a directory outside the repository, with the packed library and the cdk command in its node_modules. */
export class App {
  /** What every command of every app has written, to be searched for secrets. */
  public static readonly transcript: string[] = [];

  /** One of examples/typescript, as it is. */
  public static example(cloud: Cloud, name: string): App {
    const app = new App(cloud);
    cpSync(join(ROOT, 'examples/typescript', name), app.directory, { recursive: true, filter: (source) => !/node_modules|cdk\.out/.test(source) });
    return app;
  }

  /**
   * An app of a test's own, in TypeScript. The settings are those of the example, but nothing has to be compiled whenever it is
   * synthesized.
   */
  public static of(cloud: Cloud, source: string): App {
    const app = App.example(cloud, 'web-service');
    app.command = ['--app', 'node app.js'];
    app.write(source);
    return app;
  }

  /** Removes the directories of all apps of a test file. */
  public static removeAll(): void {
    App.all.splice(0).forEach(({ directory }) => rmSync(directory, { recursive: true, force: true }));
  }

  private static readonly all: App[] = [];
  private command: string[] = [];
  public readonly directory = mkdtempSync(join(tmpdir(), 'e2e-app-'));

  private constructor(private readonly cloud: Cloud) {
    App.all.push(this);
    symlinkSync(join(process.env.E2E_CONSUMER!, 'node_modules'), join(this.directory, 'node_modules'));
  }

  public write(source: string): void {
    writeFileSync(join(this.directory, 'app.ts'), source);
    writeFileSync(join(this.directory, 'app.js'), transformSync(source, { loader: 'ts', format: 'cjs', target: 'node20' }).code);
  }

  /** Edits app.ts as its user would. Fails if there is nothing to replace. */
  public edit(from: string, to: string): void {
    const source = readFileSync(join(this.directory, 'app.ts'), 'utf8');
    if (!source.includes(from)) {
      throw new Error(`app.ts has no ${from}`);
    }
    this.write(source.replaceAll(from, to));
  }

  /** Runs the cdk command, and expects it to work. */
  public async cdk(...args: string[]): Promise<string> {
    const { status, output } = await this.tryCdk(...args);
    if (status !== 0) {
      // The other arguments may have a password.
      throw new Error(`cdk ${args[0]}: exit status ${status}\n${output}\n${this.cloud.log().split('\n').slice(-40).join('\n')}`);
    }
    return output;
  }

  /** Runs the cdk command, whatever comes of it. */
  public async tryCdk(...args: string[]): Promise<CdkRun> {
    const command = join(this.directory, 'node_modules/.bin/cdk');
    // The kernel ends the command with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args, ...args.includes('--app') ? [] : this.command, '--no-notices', '--no-color'], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        HOME: this.directory,
        TMPDIR: process.env.TMPDIR,
        AWS_REGION: REGION,
        AWS_ACCESS_KEY_ID: this.cloud.administrator.accessKeyId,
        AWS_SECRET_ACCESS_KEY: this.cloud.administrator.secretAccessKey,
        AWS_ENDPOINT_URL: ENDPOINT,
        ...this.cloud.cdkEnvironment,
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        // The examples are type-checked by `npm run verify:templates`, which takes as long as a deployment.
        TS_NODE_TRANSPILE_ONLY: 'true',
      },
    });
    const [stdout, stderr, status] = await Promise.all([
      text(child.stdout), text(child.stderr), new Promise<number | null>((resolve) => child.once('close', resolve)),
    ]);
    const output = stdout + stderr;
    App.transcript.push(output);
    return { status, output };
  }

  /** Deploys all stacks of the app. */
  public async deploy(...args: string[]): Promise<string> {
    return this.cdk('deploy', '--all', '--require-approval', 'never', ...args);
  }

  public async tryDeploy(...args: string[]): Promise<CdkRun> {
    return this.tryCdk('deploy', '--all', '--require-approval', 'never', ...args);
  }

  public async destroy(...args: string[]): Promise<string> {
    return this.cdk('destroy', '--all', '--force', ...args);
  }

  /** The template of a stack as it was synthesized last. */
  public template(stack: string): any {
    return JSON.parse(readFileSync(join(this.directory, 'cdk.out', `${stack}.template.json`), 'utf8'));
  }
}
