/**
 * Installs the packed library in consumer apps outside the repository, one for each language, and synthesizes them:
 *
 *     npm run verify:consumers
 *
 * The apps are those of examples/. It needs CPython with venv, and the network: everything else is installed in a scratch
 * directory.
 */
import { deepStrictEqual } from 'assert';
import { cpSync, readFileSync, rmSync } from 'fs';
import { delimiter, join } from 'path';
import { Checks } from './checks';
import { compile, fileIn, LATEST, pack, REPOSITORY, run, RunOptions, scratchDirectory } from './run';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const CDK_CLI: string = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')).devDependencies['aws-cdk'];
/** The newest versions that npm and PyPI both have: PyPI is behind. */
const VERSIONS = { ...LATEST, 'aws-cdk-lib': '2.275.0' };

function main(): void {
  const checks = new Checks();
  const directory = scratchDirectory();
  const typescript = join(directory, 'typescript');
  const python = join(directory, 'python');
  const bin = (language: string) => join(directory, language, language === 'python' ? '.venv/bin' : 'node_modules/.bin');
  // The cdk command is that of the TypeScript app, which is where npm installed it.
  const path = [bin('python'), bin('typescript'), process.env.PATH].join(delimiter);
  const consumer = (cwd: string): RunOptions => ({ cwd, env: { PATH: path, VIRTUAL_ENV: undefined } });

  try {
    checks.check('the library compiles and packs for npm and for Python', () => {
      compile();
      pack(join(directory, 'dist', 'js'));
      run('jsii-pacmak', ['--target', 'python', '--outdir', join(directory, 'dist')]);
    });
    checks.check('npm installs the tarball', () => {
      cpSync(join(REPOSITORY, 'examples', 'typescript', 'web-service'), typescript, { recursive: true });
      const pins = Object.entries({ ...VERSIONS, 'aws-cdk': CDK_CLI }).map(([name, version]) => `${name}@${version}`);
      run('npm', ['install', '--no-audit', '--no-fund', fileIn(join(directory, 'dist', 'js'), '.tgz'), ...pins], consumer(typescript));
      return pins.join(', ');
    });
    checks.check('pip installs the wheel', () => {
      cpSync(join(REPOSITORY, 'examples', 'python', 'web-service'), python, { recursive: true });
      run('python3', ['-m', 'venv', '.venv'], { cwd: python });
      const pins = Object.entries(VERSIONS).map(([name, version]) => `${name}==${version}`);
      const wheel = fileIn(join(directory, 'dist', 'python'), '.whl');
      run('pip', ['install', '--quiet', '--requirement', 'requirements.txt', wheel, ...pins], consumer(python));
      return pins.join(', ');
    });
    checks.check('the TypeScript app type-checks', () => { run('tsc', [], consumer(typescript)); });

    const templates: any[] = [];
    for (const [language, app] of Object.entries({ TypeScript: typescript, Python: python })) {
      checks.check(`the ${language} app synthesizes without a warning`, () => {
        const output = run('cdk', ['synth', '--quiet', '--no-notices'], consumer(app));
        templates.push(templateIn(app));
        if (/warning/i.test(output)) { throw new Error(output); }
      });
    }
    checks.check('both apps have the same template', () => {
      deepStrictEqual(templates.length, 2, 'an app has no template');
      deepStrictEqual(templates[1], templates[0]);
      return `${Object.keys(templates[0].Resources).length} resources`;
    });
    checkPromises(checks, templates[0]);
  } finally {
    rmSync(directory, { recursive: true });
  }
  checks.finish();
}

/** What the README promises of its first example. */
function checkPromises(checks: Checks, template: any): void {
  const find = (type: string): any[] => Object.values<any>(template.Resources).filter((resource) => resource.Type === type);

  checks.check('the container has the credentials', () => {
    const containers = find('AWS::ECS::TaskDefinition').flatMap((resource) => resource.Properties.ContainerDefinitions);
    deepStrictEqual(containers.map(({ Image, RepositoryCredentials }) => ({ Image, RepositoryCredentials })), [
      { Image: 'ghcr.io/acme/api:1.4.2', RepositoryCredentials: { CredentialsParameter: SECRET } },
    ]);
  });
  checks.check('the execution role and the function of the pull check may read this secret, and no other', () => {
    const statements = find('AWS::IAM::Policy').flatMap((resource) => resource.Properties.PolicyDocument.Statement);
    const read = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET };
    deepStrictEqual(statements.filter(({ Action }) => String(Action).includes('secretsmanager:')), [read, read]);
  });
  checks.check('the task definition waits for the check of its image', () => {
    const [check] = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'Custom::PrivateRegistryPullCheck');
    deepStrictEqual(find('AWS::ECS::TaskDefinition').map(({ DependsOn }) => DependsOn.includes(check)), [true]);
    deepStrictEqual(template.Resources[check].Properties.Image, 'ghcr.io/acme/api:1.4.2');
  });
  checks.check('one service runs two tasks, and rolls back a deployment that fails', () => {
    const services = find('AWS::ECS::Service').map((resource) => resource.Properties);
    deepStrictEqual(services.map(({ DesiredCount, DeploymentConfiguration }) => ({ DesiredCount, ...DeploymentConfiguration })), [{
      DesiredCount: 2,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MaximumPercent: 200,
      MinimumHealthyPercent: 100,
    }]);
  });
}

/** The template without what the CDK writes for itself: which libraries were loaded, and where an asset was on this machine. */
function templateIn(app: string): any {
  const template = JSON.parse(readFileSync(join(app, 'cdk.out', 'WebService.template.json'), 'utf8'));
  delete template.Resources.CDKMetadata;
  for (const { Metadata = {} } of Object.values<any>(template.Resources)) {
    delete Metadata['aws:asset:path'];
  }
  return template;
}

main();
