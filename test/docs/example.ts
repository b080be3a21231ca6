import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ts from 'typescript';
import { documentAt } from './markdown';
import * as library from '../../src';
import { CHECKED, ENV, IMAGE, newApp, SECRET_ARN } from '../support/synth';

/** `declare const` in the constructor of the fixture, which rosetta lets pass too. */
const DECLARE_IN_A_BLOCK = 1184;

/** What the examples declare and do not define. */
const GIVEN: Record<string, (stack: Stack) => unknown> = {
  'App': (stack) => stack.node.root,
  'RegistryCredentials': () => credentials(),
  'PrivateRegistry': (stack) => new library.PrivateRegistry(stack, 'GivenRegistry', {
    provider: library.RegistryProvider.GHCR, credentials: credentials(),
  }),
  'PrivateRegistryFargateService': (stack) => new library.PrivateRegistryFargateService(stack, 'GivenService', {
    image: IMAGE, credentials: credentials(),
  }),
  'ecs.Cluster': (stack) => new ecs.Cluster(stack, 'GivenCluster'),
  'ec2.IVpc': (stack) => new ec2.Vpc(stack, 'GivenVpc'),
  'iam.IRole': (stack) => iam.Role.fromRoleArn(stack, 'GivenRole', 'arn:aws:iam::111122223333:role/execution', { mutable: false }),
  'sns.ITopic': (stack) => new sns.Topic(stack, 'GivenTopic'),
  'secretsmanager.ISecret': (stack) => secretsmanager.Secret.fromSecretCompleteArn(stack, 'GivenSecret', SECRET_ARN),
};

/** The errors of the compiler about examples, as rosetta compiles them. All at once, since aws-cdk-lib takes seconds to read. */
export function typeErrors(examples: ReadonlyArray<{ name: string; code: string }>): string[] {
  const sources = new Map(examples.map(({ code }, index) => [join(__dirname, `example-${index}.ts`), inFixture(code)]));
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.CommonJS,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: ['node'],
    paths: { 'cdk-private-registry': [join(__dirname, '..', '..', 'src', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.getSourceFile = (file, ...others) => {
    const source = sources.get(file);
    return source === undefined ? getSourceFile(file, ...others) : ts.createSourceFile(file, source, ts.ScriptTarget.ES2022);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  return [...sources.keys()].flatMap((file, index) => (
    program.getSemanticDiagnostics(program.getSourceFile(file))
      .filter(({ code }) => code !== DECLARE_IN_A_BLOCK)
      .map(({ messageText }) => `${examples[index].name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`)
  ));
}

/** Runs an example as rosetta compiles it: in the constructor of the fixture's stack. */
export function runExample(example: string): Stack {
  const code = example.replace(/^declare const (\w+): (.+);$/gm, (_, name, type) => `const ${name} = given('${type}', this) as ${type};`);
  const source = inFixture(code).replace('super(scope, id);', `super(scope, id, { env: ${JSON.stringify(ENV)} });`);
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 } });

  const load = (name: string) => (name === 'cdk-private-registry' ? library : jest.requireActual(name));
  const given = (type: string, stack: Stack) => GIVEN[type](stack);
  const Fixture: new (scope: App, id: string) => Stack = new Function('require', 'exports', 'given', `${outputText}\nreturn Fixture;`)(load, {}, given);
  return new Fixture(newApp(CHECKED), 'Stack');
}

function inFixture(code: string): string {
  return documentAt('rosetta/default.ts-fixture').replace('/// here', () => code);
}

function credentials(): library.RegistryCredentials {
  return library.RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);
}
