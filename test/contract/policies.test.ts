import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EXCEPTIONS, isExcepted, violations } from './policy-rules';
import { FoundStatement, statementsOf } from './policy-statements';
import { snapshots, templatesIn } from '../integ/cases';
import { CONFIGURATIONS } from '../snapshots/configurations';
import { templatesOf } from '../snapshots/synthesize';
import { FLAG_SETS } from '../support/synth';

const SNAPSHOTS = join(__dirname, '..', 'snapshots', 'templates');
/**
 * The only role with a managed policy, that of the function which aws-cdk-lib brings for the default security group; the role of instances;
 * the logs of jobs, which all have one group.
 */
const OF_THE_CDK = /^a managed policy: CustomVpcRestrictDefaultSGCustomResourceProviderRole\w+: .*AWSLambdaBasicExecutionRole$|^not an exact \w+: \{"id":"InstancesInstanceRole|^not an exact resource: \{"id":"JobContainer.*:log-group:\/aws\/batch\/job:\*/;

function violationsOfOurs(template: any): string[] {
  return violations(template).filter((violation) => !OF_THE_CDK.test(violation));
}

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  const statements: FoundStatement[] = [];

  test.each(CONFIGURATIONS)('$name: every permission is the least that does', (configuration) => {
    const templates = Object.values(templatesOf(configuration, flags));
    statements.push(...templates.flatMap(statementsOf));

    expect(templates.flatMap(violationsOfOurs)).toEqual([]);
  });

  test('every exception occurs', () => {
    expect(EXCEPTIONS.filter((exception) => !statements.some((found) => isExcepted(found, exception)))).toEqual([]);
  });
});

/** The directories with committed templates; what the assertions of the integration tests may do is not of this library. */
const COMMITTED = [
  ...readdirSync(SNAPSHOTS).map((name) => join(SNAPSHOTS, name)),
  ...snapshots(),
];

test.each(COMMITTED)('the committed templates of %s', (directory) => {
  const templates = Object.entries(templatesIn(directory)).filter(([file]) => !file.includes('DeployAssert')).map(([, template]) => template);

  expect(templates.flatMap(statementsOf)).not.toEqual([]);
  expect(templates.flatMap(violationsOfOurs)).toEqual([]);
});

describe('the check finds', () => {
  const VIA_SERVICE = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } };
  const ALIAS = { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/registry' } };
  const KEY = 'arn:aws:kms:eu-west-1:111122223333:key/00000000-1111-2222-3333-444444444444';
  const KEYS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:111122223333:key/*']] };
  const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr';
  const READ = 'secretsmanager:GetSecretValue';

  const violationsOf = (type: string, property: string, statement: object) => violations({
    Resources: { One: { Type: type, Properties: { [property]: { Statement: [{ Effect: 'Allow', ...statement }] } } } },
  });

  test.each<[string, string, any]>([
    ['every action', 'not an exact action', { Action: '*', Resource: 'arn' }],
    ['all actions of a service', 'not an exact action', { Action: ['logs:Put*'], Resource: 'arn' }],
    ['every resource', 'not an exact resource', { Action: 'logs:PutLogEvents', Resource: '*' }],
    ['a part of a resource', 'not an exact resource', { Action: 'logs:PutLogEvents', Resource: ['arn', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, ':*']] }] }],
    ['single characters left open', 'not an exact resource', { Action: 'logs:PutLogEvents', Resource: 'arn:aws:logs:eu-west-1:111122223333:log-group:a?' }],
    ['no resource', 'no resource', { Action: 'logs:PutLogEvents' }],
    ['a network interface action too many', 'not an exact resource', { Action: [...EXCEPTIONS[0].actions[0], 'ec2:AttachNetworkInterface'], Resource: '*' }],
    ['all but some actions', 'has NotAction', { NotAction: 'iam:*', Resource: 'arn' }],
    ['all but some resources', 'has NotResource', { Action: 'logs:PutLogEvents', NotResource: 'arn' }],
    ['a denial', 'no plain Allow', { Effect: 'Deny', Action: 'logs:PutLogEvents', Resource: 'arn' }],
    ['a principal', 'a principal in the policy of a role', { Action: 'logs:PutLogEvents', Resource: 'arn', Principal: '*' }],
    ['the right to describe a secret', 'more of a secret than its value', { Action: [READ, 'secretsmanager:DescribeSecret'], Resource: `${SECRET}-a1B2c3` }],
    ['all secrets', 'not an exact resource', { Action: READ, Resource: '*' }],
    ['a secret by a partial ARN', 'not the ARN of a secret', { Action: READ, Resource: SECRET.replace('ghcr', 'registry') }],
    ['names that begin the same', 'not the ARN of a secret', { Action: READ, Resource: `${SECRET}-??` }],
    ['a secret by a partial ARN, and another one by its name', 'not the ARN of a secret', { Action: READ, Resource: [SECRET, `${SECRET}s-??????`] }],
    ['decryption outside Secrets Manager', 'decryption outside Secrets Manager', { Action: 'kms:Decrypt', Resource: KEY }],
    ['decryption through another service', 'decryption outside Secrets Manager', { Action: 'kms:Decrypt', Resource: KEY, Condition: { StringEquals: { 'kms:ViaService': 'ssm.eu-west-1.amazonaws.com' } } }],
    ['decryption in any Region', 'decryption outside Secrets Manager', { Action: 'kms:Decrypt', Resource: KEY, Condition: { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } } }],
    ['encryption', 'more of a key than decryption', { Action: ['kms:Decrypt', 'kms:Encrypt'], Resource: KEY, Condition: VIA_SERVICE }],
    ['all keys without an alias', 'an alias for one key, or none for all', { Action: 'kms:Decrypt', Resource: KEYS, Condition: VIA_SERVICE }],
    ['all keys with any alias', 'not an exact alias', { Action: 'kms:Decrypt', Resource: KEYS, Condition: { ...VIA_SERVICE, 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': 'alias/*' } } }],
    ['all keys of all accounts', 'not an exact resource', { Action: 'kms:Decrypt', Resource: 'arn:aws:kms:eu-west-1:*:key/*', Condition: { ...VIA_SERVICE, ...ALIAS } }],
  ])('%s', (_what, fault, statement) => {
    for (const [type, property] of [['AWS::IAM::Policy', 'PolicyDocument'], ['AWS::IAM::ManagedPolicy', 'PolicyDocument']]) {
      expect(violationsOf(type, property, statement)).toEqual(expect.arrayContaining([expect.stringContaining(`${fault}: `)]));
    }
  });

  test.each<[string, any]>([
    ['everybody', '*'], ['every account', { AWS: '*' }], ['a part of an account', { AWS: 'arn:aws:iam::111122223333:role/*' }],
    ['a service and an account', { Service: 'ecs-tasks.amazonaws.com', AWS: 'arn:aws:iam::111122223333:root' }], ['nobody', undefined],
  ])('who may assume a role, or use a key or a secret: %s', (_who, Principal) => {
    expect(violationsOf('AWS::IAM::Role', 'AssumeRolePolicyDocument', { Action: 'sts:AssumeRole', Principal })).toHaveLength(1);
    expect(violationsOf('AWS::KMS::Key', 'KeyPolicy', { Action: 'kms:*', Resource: '*', Principal })).toHaveLength(1);
    expect(violationsOf('AWS::SecretsManager::ResourcePolicy', 'ResourcePolicy', { Action: READ, Resource: `${SECRET}-a1B2c3`, Principal })).toHaveLength(1);
  });

  test('an account that may assume a role', () => {
    expect(violationsOf('AWS::IAM::Role', 'AssumeRolePolicyDocument', {
      Action: 'sts:AssumeRole', Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    })).toHaveLength(1);
  });

  test('a key that the account may use without Secrets Manager', () => {
    expect(violationsOf('AWS::KMS::Key', 'KeyPolicy', {
      Action: EXCEPTIONS[3].actions[0], Resource: '*', Principal: { AWS: 'arn:aws:iam::111122223333:root' },
    })).toHaveLength(2);
  });

  test('all principals but one', () => {
    expect(violationsOf('AWS::KMS::Key', 'KeyPolicy', { Action: 'kms:Decrypt', Resource: 'arn', NotPrincipal: { AWS: 'arn' } }).join()).toContain('has NotPrincipal');
  });

  test('a policy inside a role, and a single statement that is no list', () => {
    const policy = (Statement: object) => ({ Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement } }] } });
    const statement = { Effect: 'Allow', Action: '*', Resource: 'arn' };
    expect(violations({ Resources: { One: policy([statement]), Two: policy(statement) } })).toHaveLength(2);
  });

  test('a managed policy on any role', () => {
    const role = { Type: 'AWS::IAM::Role', Properties: { ManagedPolicyArns: [{ 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess' }] } };
    expect(violations({ Resources: { One: role } })).toHaveLength(1);
    expect(violationsOfOurs({ Resources: { CustomVpcRestrictDefaultSGCustomResourceProviderRole1: role } })).toHaveLength(1);
  });
});
