/**
 * Packs the library for every language, builds the apps of examples/ with what was packed, and compares what they synthesize.
 * So it does with a second app for each language, which walks through the public API:
 *
 *     npm run verify:languages
 *
 * It needs CPython with venv, a JDK with Maven, Go, and the network: everything else is installed in a scratch directory outside
 * the repository. There is no .NET SDK to compile with: of .NET the generated sources are looked at.
 */
import { deepStrictEqual } from 'node:assert';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { assetsIn, differenceBetween, templateIn, versionIn } from './assembly';
import { checkDotnetSources } from './dotnet';
import { Consumer } from './language';
import { LANGUAGES, pacmak } from './languages';
import { checkPromises } from './promises';
import { Checks } from '../checks';
import { compile, EVERYWHERE, REPOSITORY, scratchDirectory } from '../run';

const BUNDLE = join(REPOSITORY, 'assets', 'pull-check', 'handler', 'index', 'index.js');

/** What the walkthrough does wrong, and the id that it has to be refused with. */
const MISTAKES = {
  upperCase: 'invalidImageReference',
  both: 'credentialsAmbiguous',
  neither: 'credentialsMissing',
  otherHost: 'imageHostMismatch',
  partialArn: 'secretArnIncomplete',
  plainText: 'plainTextPassword',
  immutableRole: 'executionRoleImmutable',
  atSynth: 'executionRoleNotAssumable',
};
const UNCAUGHT = 'registry Uncaught/Registry already has a provider and credentials, but credentials is also set; remove one of the two '
  + '(at Uncaught/Api) [cdk-private-registry:credentialsAmbiguous]';
const WARNING = 'the image "ghcr.io/acme/web:latest" has the tag "latest"';

async function main(): Promise<void> {
  const checks = new Checks();
  const directory = scratchDirectory();
  const consumers = LANGUAGES.map((language) => new Consumer(language, directory));
  const [typescript, ...others] = consumers;
  const warnings = new Map<Consumer, string[]>();

  try {
    checks.check('the library compiles', compile);
    // The long ones wait for the network, or for the compiler of Go.
    await Promise.all([
      ...consumers.map((consumer) => build(checks, consumer, warnings)),
      checks.checkAsync('jsii-pacmak generates the sources for .NET', () => pacmak('dotnet', join(directory, 'dist'), '--code-only')),
    ]);

    checkPromises(checks, () => JSON.parse(templateIn(join(typescript.app, 'cdk.out'), 'WebService')));
    checks.check('the function in the TypeScript app is the bundle of the repository', () => {
      const bundles = [...assetsIn(join(typescript.app, 'cdk.out')).values()].filter((content) => content.equals(readFileSync(BUNDLE)));
      deepStrictEqual(bundles.length, 1);
    });
    checkMistakes(checks, typescript);
    for (const consumer of others) {
      compareSynths(checks, consumer, typescript);
      compareMessages(checks, consumer, typescript, warnings);
    }
    checkDotnetSources(checks, join(directory, 'dist', 'dotnet'));
  } finally {
    rmSync(directory, { recursive: true, maxRetries: 3 });
  }
  checks.finish();
}

async function build(checks: Checks, consumer: Consumer, warnings: Map<Consumer, string[]>): Promise<void> {
  const { language: { name, uncaught }, app } = consumer;
  await checks.checkAsync(`${name}: the package is built`, () => consumer.pack());
  await checks.checkAsync(`${name}: both apps build with it`, () => consumer.install());
  await checks.checkAsync(`${name}: the example synthesizes without a warning`, async () => {
    const output = await consumer.synth();
    if (/warning/i.test(output)) {
      throw new Error(output);
    }
    deepStrictEqual(versionIn(join(app, 'cdk.out')), EVERYWHERE['aws-cdk-lib']);
    return `aws-cdk-lib ${EVERYWHERE['aws-cdk-lib']}`;
  });
  await checks.checkAsync(`${name}: the walkthrough synthesizes, and warns`, async () => {
    const output = stripVTControlCharacters(await consumer.walk('walkthrough.out'));
    // The runtime of jsii for Go ends without a line break.
    warnings.set(consumer, [...output.matchAll(/WARNING (.+)$/gm)].map(([, text]) => text));
    if (!warnings.get(consumer)!.some((text) => text.startsWith(WARNING))) {
      throw new Error(output);
    }
    return `${warnings.get(consumer)!.length} warnings`;
  });
  await checks.checkAsync(`${name}: an error that nobody catches is shown`, async () => {
    const output = await consumer.walk('uncaught.out', { UNCAUGHT: '1' }).then(() => 'cdk synth succeeded', (error: Error) => error.message);
    if (!stripVTControlCharacters(output).includes(uncaught + UNCAUGHT)) {
      throw new Error(output);
    }
    return `${uncaught}...`;
  });
}

function checkMistakes(checks: Checks, consumer: Consumer): void {
  checks.check(`${consumer.language.name}: mistakes are refused, each by its id`, () => {
    const ids = Object.entries(mistakesOf(consumer)).map(([name, message]) => [name, message.match(/\[cdk-private-registry:(\w+)\]$/)?.[1]]);
    deepStrictEqual(Object.fromEntries(ids), MISTAKES);
    return `${ids.length} errors`;
  });
}

/** Everything that is deployed: the templates and the files beside them. */
function compareSynths(checks: Checks, { language: { name }, app }: Consumer, typescript: Consumer): void {
  for (const [output, stacks] of Object.entries({ 'cdk.out': ['WebService'], 'walkthrough.out': ['Providers', 'Credentials', 'Services'] })) {
    const [ours, theirs] = [join(app, output), join(typescript.app, output)];
    for (const stack of stacks) {
      checks.check(`${name}: the template of ${stack} is that of TypeScript, byte for byte`, () => {
        const [template, expected] = [templateIn(ours, stack), templateIn(theirs, stack)];
        if (template !== expected) {
          throw new Error(differenceBetween(template, expected));
        }
        return `${template.length} bytes`;
      });
    }
    checks.check(`${name}: the assets in ${output} are those of TypeScript, byte for byte`, () => {
      const [assets, expected] = [assetsIn(ours), assetsIn(theirs)];
      deepStrictEqual([...assets.keys()], [...expected.keys()]);
      for (const [file, content] of assets) {
        if (!content.equals(expected.get(file)!)) {
          throw new Error(`${file} differs`);
        }
      }
      return `${assets.size} files`;
    });
  }
}

function compareMessages(checks: Checks, consumer: Consumer, typescript: Consumer, warnings: Map<Consumer, string[]>): void {
  checks.check(`${consumer.language.name}: warnings and errors read as in TypeScript`, () => {
    deepStrictEqual(warnings.get(consumer), warnings.get(typescript));
    const [messages, expected] = [mistakesOf(consumer), mistakesOf(typescript)];
    deepStrictEqual(Object.keys(messages).sort(), Object.keys(expected).sort());
    for (const [mistake, message] of Object.entries(messages)) {
      // jsii puts the name of the error in front of some, and Java the stack of the JavaScript behind all.
      if (!message.replace(/^\w+: /, '').startsWith(expected[mistake])) {
        throw new Error(`${mistake}: ${message}`);
      }
    }
    return `${Object.keys(messages).length} errors`;
  });
}

function mistakesOf({ app }: Consumer): Record<string, string> {
  return JSON.parse(readFileSync(join(app, 'mistakes.json'), 'utf8'));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
