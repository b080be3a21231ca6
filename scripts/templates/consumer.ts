import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Finding } from './findings';
import { compile, fileIn, LATEST, pack, REPOSITORY, run } from '../run';

const EXAMPLES = join(REPOSITORY, 'examples', 'typescript');
/** The configurations of the snapshots, and what they import of the tests. */
const CONFIGURATIONS = ['test/snapshots/configurations.ts', 'test/support/jobs.ts', 'test/support/synth.ts', 'test/support/tasks.ts'];
const VERSIONS = { ...LATEST, 'cdk-nag': '3.0.2', '@cdklabs/cdk-validator-cfnguard': '0.0.62' };

/** A project that uses the packed library with the newest aws-cdk-lib, cdk-nag and the rules of Control Tower. */
export class Consumer {
  constructor(private readonly directory: string) {}

  /** Packs and installs the library. */
  public install(): string {
    compile();
    const tarball = pack(join(this.directory, 'dist'));
    const versions = Object.entries(VERSIONS).map(([name, version]) => `${name}@${version}`);
    writeFileSync(join(this.directory, 'package.json'), '{ "private": true }');
    run('npm', ['install', '--no-audit', '--no-fund', tarball, ...versions], { cwd: this.directory });
    cpSync(join(__dirname, 'consumer'), this.directory, { recursive: true });
    for (const file of CONFIGURATIONS) {
      cpSync(join(REPOSITORY, file), join(this.directory, file));
    }
    mkdirSync(join(this.directory, 'src'));
    writeFileSync(join(this.directory, 'src', 'index.ts'), "export * from 'cdk-private-registry';\n");
    return [fileIn(join(this.directory, 'dist'), '.tgz').split('/').pop(), ...versions].join(', ');
  }

  /** Synthesizes the configurations of the snapshots, and returns the directory that each has its assembly in. */
  public synthesizeConfigurations(): Record<string, string> {
    const output = join(this.directory, 'configurations');
    this.node([join(this.directory, 'configurations.js'), output]);
    return Object.fromEntries(readdirSync(output).map((name) => [name, join(output, name)]));
  }

  /** Synthesizes an example as a user has it, with lines added at its end, and returns the directory of the assembly. */
  public synthesizeExample(example: string, name = `example-${example}`, lines = ''): string {
    const app = join(this.directory, 'examples', name);
    const output = join(this.directory, 'assemblies', name);
    cpSync(join(EXAMPLES, example), app, { recursive: true });
    appendFileSync(join(app, 'app.ts'), `\n${lines}\nrequire('../../synthesize').synthesize(app);\nprocess.exit();\n`);
    const context = ['cdk.json', 'cdk.context.json'].map((file) => JSON.parse(readFileSync(join(app, file), 'utf8')));
    this.node([join(app, 'app.ts')], { CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ ...context[0].context, ...context[1] }) });
    return output;
  }

  /** Synthesizes an example of the documents, with definitions for what it declares, and returns the directory of the assembly. */
  public synthesizeRecipe(name: string, recipe: string, definitions: Record<string, string>): string {
    const app = join(this.directory, `${name}.ts`);
    const output = join(this.directory, 'assemblies', name);
    const code = recipe.replace(/^declare const (\w+): .+;$/gm, (_, declared) => `const ${declared} = ${definitions[declared]};`);
    const fixture = readFileSync(join(REPOSITORY, 'rosetta', 'default.ts-fixture'), 'utf8').replace('/// here', () => code);
    const lines = "const app = new App();\nnew Fixture(app, 'Stack');\nrequire('./synthesize').synthesize(app);\nprocess.exit();\n";
    writeFileSync(app, `${fixture}\n${lines}`);
    this.node([app], { CDK_OUTDIR: output });
    return output;
  }

  /** What the proactive controls of Control Tower find in the templates of an assembly. */
  public guardFindings(name: string, assembly: string): Finding[] {
    const report = join(assembly, 'guard-report.json');
    this.node([join(this.directory, 'guard.js'), report, ...templatesIn(assembly)]);
    return JSON.parse(readFileSync(report, 'utf8')).flatMap(({ ruleName, description, violatingResources }: any) => (
      violatingResources.map(({ resourceLogicalId }: any) => ({ rule: ruleName, where: `${name} ${resourceLogicalId}`, message: description }))
    ));
  }

  /** Checks the types of an example as it is. */
  public typeCheckExample(example: string): void {
    const app = join(this.directory, 'examples', `${example}-types`);
    cpSync(join(EXAMPLES, example), app, { recursive: true });
    run('tsc', ['--project', app]);
  }

  private node(args: string[], env: NodeJS.ProcessEnv = {}): void {
    run(process.execPath, ['--require', require.resolve('ts-node/register/transpile-only'), ...args], {
      cwd: this.directory,
      env: { TS_NODE_COMPILER_OPTIONS: '{ "module": "commonjs", "target": "ES2022", "esModuleInterop": true }', TS_NODE_SKIP_PROJECT: 'true', ...env },
    });
  }
}

/** The examples that there are. */
export function exampleNames(): string[] {
  return readdirSync(EXAMPLES).sort();
}

/** The templates of an assembly. */
export function templatesIn(assembly: string): string[] {
  return readdirSync(assembly).filter((file) => file.endsWith('.template.json')).map((file) => join(assembly, file));
}
