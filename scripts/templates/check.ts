/**
 * Judges the templates of the library with cfn-lint, cdk-nag and the rules of Control Tower: the committed snapshots, also of the integration tests, which are of
 * the oldest aws-cdk-lib, the same configurations and the examples with the packed library on the newest one.
 *
 *     npm run verify:templates
 *
 * cfn-lint is installed in `.cfn-lint`, everything else in a scratch directory. It needs CPython with venv, and the network.
 */
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ACCEPTED_LINT_FINDINGS } from './accepted-lint-findings';
import { FINDINGS_OF_THE_APPS, FINDINGS_OF_THE_LIBRARY, FINDINGS_OF_THE_RECIPE } from './accepted-nag-findings';
import { Consumer, exampleNames, templatesIn } from './consumer';
import { compare, expectRules, unexplained } from './findings';
import { installCfnLint, lint } from './lint';
import { nagFindings } from './nag';
import { plantLintFaults, WEAKENED } from './planted-faults';
import { codeBlocks, documentAt } from '../../test/docs/markdown';
import { snapshots } from '../../test/integ/cases';
import { Checks } from '../checks';
import { REPOSITORY, scratchDirectory } from '../run';

const SNAPSHOTS = join(REPOSITORY, 'test', 'snapshots', 'templates');
/** What this library adds to an app. */
const OF_THE_LIBRARY = /PullCheck|PrivateRegistryPullPolicy|\/(?:Secret|\w+IoSecret)\/|ExecutionRole/;
/** What the recipe declares. The network of an app has findings of its own. */
const GIVEN = {
  vpc: `ec2.Vpc.fromVpcAttributes(this, 'Vpc', {
    vpcId: 'vpc-0123456789abcdef0',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
  })`,
  GHCR_PULL: "RegistryCredentials.fromSecretCompleteArn('arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3')",
};

function main(): void {
  const checks = new Checks();
  const directory = scratchDirectory();
  try {
    const consumer = new Consumer(directory);
    checks.check('the packed library installs beside cdk-nag', () => consumer.install());
    let assemblies: Record<string, string> = {};
    checks.check('the configurations and the examples synthesize', () => {
      assemblies = consumer.synthesizeConfigurations();
      for (const name of exampleNames()) {
        assemblies[`example-${name}`] = consumer.synthesizeExample(name);
      }
      return `${Object.keys(assemblies).length} apps`;
    });
    for (const name of exampleNames()) {
      checks.check(`the example ${name} type-checks`, () => consumer.typeCheckExample(name));
    }
    checkLint(checks, directory, assemblies);
    checkNag(checks, consumer, assemblies);
    checkGuard(checks, consumer, assemblies);
  } finally {
    rmSync(directory, { recursive: true });
  }
  checks.finish();
}

function checkLint(checks: Checks, directory: string, assemblies: Record<string, string>): void {
  const templates = join(directory, 'templates');
  checks.check('cfn-lint installs, with the hashes of all that it needs', installCfnLint);
  checks.check('cfn-lint: no finding without a reason, and no reason without a finding', () => {
    cpSync(SNAPSHOTS, join(templates, 'floor'), { recursive: true });
    for (const template of snapshots().flatMap(templatesIn)) {
      cpSync(template, join(templates, 'integ', template.split(sep).pop()!));
    }
    for (const [name, assembly] of Object.entries(assemblies)) {
      for (const template of templatesIn(assembly)) {
        cpSync(template, join(templates, 'newest', name, template.split(sep).pop()!));
      }
    }
    const files = readdirSync(templates, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
    return `${files.length} templates, ${compare(lint(templates, files), ACCEPTED_LINT_FINDINGS)}`;
  });
  checkPlantedFaults(checks, join(directory, 'faults'));
}

function checkPlantedFaults(checks: Checks, directory: string): void {
  const faults = plantLintFaults(join(SNAPSHOTS, 'new-service', 'Stack.template.json'), directory);
  const findings = unexplained(lint(directory, faults.map(({ template }) => template)), ACCEPTED_LINT_FINDINGS);
  for (const { fault, rules, template } of faults) {
    checks.check(`cfn-lint finds ${fault}`, () => {
      expectRules(findings.filter(({ where }) => where.startsWith(`${template} `)), rules);
      return rules.join(', ');
    });
  }
}

function checkNag(checks: Checks, consumer: Consumer, assemblies: Record<string, string>): void {
  const findings = Object.entries(assemblies).flatMap(([name, assembly]) => nagFindings(name, assembly));
  const ours = findings.filter(({ where }) => OF_THE_LIBRARY.test(where));
  const others = findings.filter((finding) => !ours.includes(finding));
  checks.check('cdk-nag: no finding in what the library makes without a reason, and no reason without a finding', () => (
    compare(ours, FINDINGS_OF_THE_LIBRARY)
  ));
  checks.check('cdk-nag: the same for what the apps and aws-cdk-lib make', () => compare(others, FINDINGS_OF_THE_APPS));
  checks.check('cdk-nag is silent about what the library makes after the acknowledgements of docs/security.md', () => {
    const lines = `${exampleUnder('cdk-nag findings')}\nacknowledgePrivateRegistry(stack, ghcr);`;
    const left = nagFindings('acknowledged', consumer.synthesizeExample('shared-registry', 'acknowledged', lines));
    expectRules(left.filter(({ where }) => OF_THE_LIBRARY.test(where)), []);
  });
  checks.check('cdk-nag: the recipe of docs/security.md for the rules of an organization has no finding without a reason', () => (
    compare(nagFindings('recipe', synthesizeRecipe(consumer)), FINDINGS_OF_THE_RECIPE)
  ));
  checks.check('cdk-nag finds a role that may do everything', () => {
    const weakened = nagFindings('weakened', consumer.synthesizeExample('web-service', 'weakened', WEAKENED));
    expectRules(unexplained(weakened, [...FINDINGS_OF_THE_LIBRARY, ...FINDINGS_OF_THE_APPS]), [
      'AwsSolutions-IAM5[Action::s3:*]', 'AwsSolutions-IAM5[Resource::*]', 'NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess',
    ]);
  });
  checks.check('a reason without a finding fails', () => {
    const [unneeded] = FINDINGS_OF_THE_LIBRARY;
    try {
      compare([], [unneeded]);
    } catch (error) {
      if (String(error).includes(`does not occur any more: ${unneeded.rule}`)) {
        return;
      }
    }
    throw new Error('it passes');
  });
}

function checkGuard(checks: Checks, consumer: Consumer, assemblies: Record<string, string>): void {
  checks.check('Control Tower: its proactive controls find nothing in the recipe of docs/security.md', () => {
    expectRules(consumer.guardFindings('recipe', synthesizeRecipe(consumer)), []);
  });
  checks.check('Control Tower: they find a function outside of a VPC', () => {
    const rules = consumer.guardFindings('new-service', assemblies['new-service']).map(({ rule }) => rule);
    if (!rules.includes('lambda_inside_vpc_check')) {
      throw new Error(`found ${rules.join(', ') || 'nothing'}`);
    }
  });
}

function synthesizeRecipe(consumer: Consumer): string {
  return consumer.synthesizeRecipe('recipe', exampleUnder('The rules of an organization'), GIVEN);
}

/** The code that users copy. */
function exampleUnder(title: string): string {
  return codeBlocks(documentAt('docs/security.md'), 'ts').find(({ heading }) => heading === title)!.code;
}

main();
