import { awscdk, javascript } from 'projen';
import { Awslint } from './projenrc/awslint';
import { IntegrationTests } from './projenrc/integration-tests';
import { Rosetta } from './projenrc/rosetta';
import { Scripts } from './projenrc/scripts';
import { ServiceProps } from './projenrc/service-props';

const project = new awscdk.AwsCdkConstructLibrary({
  name: 'cdk-private-registry',
  description: 'AWS CDK constructs that run container images from private registries (GHCR, Docker Hub, GitLab, Quay, Artifactory, Harbor, ACR, Artifact Registry) on Amazon ECS and AWS Fargate, so that nothing fails silently',
  author: 'The cdk-private-registry authors',
  authorAddress: 'cdk-private-registry@users.noreply.github.com',
  authorOrganization: true,
  repositoryUrl: 'https://github.com/cdk-private-registry/cdk-private-registry.git',
  license: 'Apache-2.0',
  copyrightOwner: 'The cdk-private-registry authors',
  stability: 'experimental',
  keywords: [
    'aws-cdk', 'ecs', 'fargate', 'docker', 'container', 'private-registry', 'registry-credentials',
    'ghcr', 'dockerhub', 'gitlab', 'quay', 'artifactory', 'harbor', 'acr', 'artifact-registry', 'secrets-manager',
  ],
  defaultReleaseBranch: 'main',

  // The floor. 2.176 to 2.180 brought properties of the load-balanced pattern, 2.189 is the first version that
  // ships recommended-feature-flags.json.
  cdkVersion: '2.189.0',
  constructsVersion: '10.0.5',
  jsiiVersion: '~6.0.0',
  typescriptVersion: '~5.9.0',
  minNodeVersion: '20.0.0',
  // Trusted publishing needs npm 11.5.1, which Node 22 has not.
  workflowNodeVersion: '24',
  // projen's own default needs Node 22.
  bumpPackage: 'commit-and-tag-version@^12',
  // The first version: no range but its own number admits 0.0.0.
  nextVersionCommand: '[ -n "$LATEST_TAG" ] || echo 0.1.0',
  // It runs where the registries trust us, so it changes only here.
  jsiiReleaseVersion: '0.2.1061',
  packageManager: javascript.NodePackageManager.NPM,
  projenrcTs: true,
  tsconfigDevFile: 'tsconfig.dev.json',
  // Source maps with the sources in them would be more than half of the package.
  tsconfig: { compilerOptions: { inlineSourceMap: false, inlineSources: false } },
  // Isolated modules: types are checked once, before the tests, and not again by every worker of jest.
  tsconfigDev: { include: ['.projenrc.ts'], exclude: ['lib', 'dist', 'examples', 'scripts/languages/walkthrough', 'cdk.out', '.demo'] },
  typecheckTests: true,
  compat: true,

  npmTrustedPublishing: true,
  publishToPypi: { distName: 'cdk-private-registry', module: 'cdk_private_registry', trustedPublishing: true },
  publishToMaven: {
    javaPackage: 'io.github.cdkprivateregistry',
    mavenGroupId: 'io.github.cdk-private-registry',
    mavenArtifactId: 'cdk-private-registry',
  },
  publishToNuget: { dotNetNamespace: 'CdkPrivateRegistry', packageId: 'CdkPrivateRegistry', trustedPublishing: true },
  publishToGo: { moduleName: 'github.com/cdk-private-registry/cdk-private-registry-go', packageName: 'cdkprivateregistry' },

  devDeps: [
    '@mrgrain/jsii-struct-builder',
    '@aws-cdk/cloudformation-diff',
    // Decides what the policies of a template allow. In the tests only: its licence is the AGPL.
    '@cloud-copilot/iam-simulate',
    '@types/node@^20',
    '@types/node-forge',
    // The clients of the Lambda runtime: the bundle leaves them out.
    '@aws-sdk/client-cloudformation',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-secrets-manager',
    // What the deployments into moto are looked at with. A provider of aws-cdk-lib's needs that of EC2.
    '@aws-sdk/client-cloudwatch-logs',
    '@aws-sdk/client-ec2',
    '@aws-sdk/client-ecs',
    '@aws-sdk/client-elastic-load-balancing-v2',
    '@aws-sdk/client-iam',
    '@aws-sdk/client-kms',
    '@aws-sdk/client-ssm',
    '@aws-sdk/client-sts',
    // What the lines with metrics are compared with.
    'aws-embedded-metrics',
    'fast-check',
    'node-forge',
    // The CLI that reads the assemblies of every aws-cdk-lib up to 2.276; aws-cdk 3.0.0 refuses them.
    'aws-cdk@2.1148.1',
  ],

  jest: true,
  jestOptions: {
    jestConfig: {
      testTimeout: 60_000,
      // Most tests wait for servers and processes: jest leaves one core idle otherwise.
      maxWorkers: '100%',
    },
    updateSnapshot: javascript.UpdateSnapshot.NEVER,
  },
  eslintOptions: {
    dirs: ['src'],
    devdirs: ['test', 'scripts', 'projenrc', 'bench'],
    projectService: false,
    tsconfigPath: './tsconfig.dev.json',
  },
  integrationTestAutoDiscover: false,
  lambdaAutoDiscover: false,
  bin: { 'cdk-private-registry': 'bin/cdk-private-registry' },
  // Rosetta leaves .jsii.tabl.json beside the assembly.
  gitignore: ['cdk.out/', '.cfn-lint/', '.demo/', '.e2e/', '.jsii.tabl.json', '__pycache__/'],
  sampleCode: false,
});

for (const path of [
  '/.ci/', '/.cfn-lint/', '/.compatignore', '/.demo/', '/.e2e/', '/.registries/', '/.jsii.tabl.json', '/CONTRIBUTING.md', '/bench/', '/docs/', '/examples/', '/lib/registries/guides/', '/projenrc/', '/scripts/', '/tsconfig.dev.json',
]) {
  project.addPackageIgnore(path);
}

// 1.13.0 names a platform package that was never published in that version, so that `npm ci` finds the lock file incomplete.
project.package.addPackageResolutions('unrs-resolver@1.12.2');

// npm 11 runs no install script that is not listed here, and lists those that are not. All three only save time.
project.package.addField('allowScripts', { '@parcel/watcher': false, 'esbuild': false, 'unrs-resolver': false });

// Our Go module asks for at least the versions in package-lock.json: those that the floor asks for. Projen takes a resolution of
// @aws-cdk for a dependency of CDK v1.
for (const [name, version] of [['asset-awscli-v1', '2.2.229'], ['asset-node-proxy-agent-v6', '2.1.0']]) {
  project.tryFindObjectFile('package.json')!.addOverride(`overrides.@aws-cdk/${name}`, version);
}

// A warning of jsii is a fault in one of the languages.
project.compileTask.reset('jsii --fail-on-warnings');
project.compileTask.spawn(project.tasks.tryFind('compat')!);
// projen's command takes a change of an experimental API for no error. It compares with what npm has; scripts/compatibility.ts with the last tag.
project.tasks.tryFind('compat')!.reset('jsii-diff npm:cdk-private-registry --keys --ignore-file .compatignore --error-on all');

// jsii 6 runs on Node 20 and says on every start that it is past its end of life.
project.tasks.addEnvironment('JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION', '20');
// aws-cdk-lib deprecates properties that its own constructs set.
project.tasks.addEnvironment('JSII_DEPRECATED', 'quiet');

// They need registries, an emulator of AWS and container engines, which `npm run test:registries` and `npm run e2e` start.
project.jest!.addIgnorePattern('/test/registries/');
project.jest!.addIgnorePattern('/test/e2e/');
project.jest!.config.coverageThreshold = {
  'global': { lines: 95, branches: 95, functions: 95, statements: 95 },
  './src/reference/image-reference.ts': { lines: 100, branches: 100, functions: 100, statements: 100 },
};

// Prebuilt, so that nobody who uses the library needs a bundler.
project.bundler.addBundle('src/pull-check/handler/index.ts', {
  platform: 'node',
  target: 'node20',
  externals: ['@aws-sdk/*'],
  outfile: 'index.js',
  // Smaller, and as readable as before: names and lines stay.
  esbuildArgs: { '--minify-syntax': true },
});
project.eslint!.allowDevDeps('src/pull-check/handler/*.ts');
project.testTask.prependSpawn(project.bundler.bundleTask);

// An app of its own, which has the package that was packed.
project.eslint!.addIgnorePattern('scripts/languages/walkthrough/');

// Generated, with `import type`: the linter would repair them, and projen would write them again.
project.eslint!.addIgnorePattern('src/service/private-registry-fargate-service-base-props.ts');
project.eslint!.addIgnorePattern('src/service/private-registry-container-options.ts');

// One dialect, everywhere. Types are imported like everything else: `import type` would hide a cycle from the linter.
project.eslint!.addRules({
  'curly': ['error', 'all'],
  '@stylistic/brace-style': ['error', '1tbs', { allowSingleLine: false }],
  '@stylistic/arrow-parens': ['error', 'always'],
  '@typescript-eslint/consistent-type-imports': ['error', { prefer: 'no-type-imports', disallowTypeAnnotations: false }],
  'import/enforce-node-protocol-usage': ['error', 'always'],
  'import/no-cycle': 'error',
});
// What the library consists of is read at one sitting.
project.eslint!.addOverride({
  files: ['src/**'],
  rules: {
    'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
    'complexity': ['error', 15],
  },
});

new ServiceProps(project);
new Awslint(project);
new Rosetta(project);
new IntegrationTests(project);
new Scripts(project);

project.synth();
