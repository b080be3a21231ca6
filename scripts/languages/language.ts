import { cpSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { REPOSITORY, RunOptions, start } from '../run';

/** How a user of one language gets the package into an app. */
export interface Language {
  readonly name: string;
  /** Its folder in examples/ and in walkthrough/. */
  readonly folder: string;
  /** Where the app has executables of its own. */
  readonly bin?: string;
  /** The second app: its file, where it belongs beside the example, and the command that cdk.json would have. */
  readonly walkthrough: { readonly file: string; readonly target: string; readonly command: string };
  /** What stands before the message of an error that nobody catches. */
  readonly uncaught: string;

  /** Builds what is published, in a folder of its own. */
  pack(dist: string): Promise<void>;

  /** Lets a copy of the example have the package from there, and all else from the registries of the language. */
  install(app: string, dist: string): Promise<void>;
}

const CDK = join(REPOSITORY, 'node_modules', '.bin');

/** A copy of the example of a language, outside the repository, and what runs in it. */
export class Consumer {
  public readonly app: string;
  private readonly dist: string;

  constructor(public readonly language: Language, directory: string) {
    this.app = join(directory, language.folder);
    this.dist = join(directory, 'dist');
  }

  public pack(): Promise<void> {
    return this.language.pack(this.dist);
  }

  public async install(): Promise<void> {
    const { folder, walkthrough } = this.language;
    cpSync(join(REPOSITORY, 'examples', folder, 'web-service'), this.app, { recursive: true });
    cpSync(join(__dirname, 'walkthrough', folder, walkthrough.file), join(this.app, walkthrough.target));
    await this.language.install(this.app, this.dist);
  }

  /** Synthesizes the example. */
  public synth(): Promise<string> {
    return this.cdk([]);
  }

  /** Synthesizes the second app. */
  public walk(output: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.cdk(['--app', this.language.walkthrough.command, '--output', output], env);
  }

  private cdk(args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return start('cdk', ['synth', '--quiet', '--no-notices', ...args], { ...inApp(this.app, this.language.bin, env) });
  }
}

/** The executables of an app come first, and then those of the repository, which has the cdk command for all of them. */
export function inApp(app: string, bin = '.', env: NodeJS.ProcessEnv = {}): RunOptions {
  const path = [join(app, bin), CDK, process.env.PATH].join(delimiter);
  return { cwd: app, env: { PATH: path, VIRTUAL_ENV: undefined, CDK_DISABLE_CLI_TELEMETRY: 'true', ...env } };
}
