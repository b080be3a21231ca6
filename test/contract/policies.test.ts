import { CONFIGURATIONS } from '../snapshots/configurations';
import { templatesOf } from '../snapshots/synthesize';
import { FLAG_SETS } from '../support/synth';

/** A statement and the type of the resource that it is in. */
interface Found {
  readonly type: string;
  readonly statement: any;
}

interface Exception {
  readonly why: string;
  readonly applies: (found: Found) => boolean;
}

/** Where a statement may name something with `*`. */
const EXCEPTIONS: Exception[] = [
  {
    why: 'in the policy of a key "*" is the key itself, and aws-cdk-lib hands it to its account',
    applies: ({ type }) => type === 'AWS::KMS::Key',
  },
  {
    why: 'Lambda needs the actions on network interfaces before there is one to name',
    applies: ({ statement: { Action } }) => [Action].flat().every((action) => /^ec2:\w+(NetworkInterfaces?|Subnets|PrivateIpAddresses)$/.test(action)),
  },
  {
    why: 'of a key that is known by an alias only the alias can be named, and only in a condition',
    applies: ({ statement: { Action, Resource, Condition } }) => Action === 'kms:Decrypt'
      && /:key\/\*"/.test(JSON.stringify(Resource)) && Condition?.['ForAnyValue:StringEquals']?.['kms:ResourceAliases'] !== undefined,
  },
];

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  const statements: Found[] = [];

  test.each(CONFIGURATIONS)('$name: every permission is the least that does', (configuration) => {
    const templates = Object.values(templatesOf(configuration, flags));
    statements.push(...templates.flatMap(statementsOf));

    expect(templates.flatMap(violations)).toEqual([]);
  });

  test('every exception occurs', () => {
    expect(EXCEPTIONS.filter(({ applies }) => !statements.some(applies))).toEqual([]);
  });
});

describe('the check finds', () => {
  const VIA_SERVICE = { StringEquals: { 'kms:ViaService': 'secretsmanager.eu-west-1.amazonaws.com' } };
  const KEYS = { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':kms:eu-west-1:111122223333:key/*']] };

  test.each<[string, any]>([
    ['every action', { Action: '*', Resource: 'arn' }],
    ['all actions of a service', { Action: ['secretsmanager:GetSecretValue', 'secretsmanager:Get*'], Resource: 'arn' }],
    ['every resource', { Action: 'logs:PutLogEvents', Resource: '*' }],
    ['a part of a resource', { Action: 'logs:PutLogEvents', Resource: ['arn', { 'Fn::Join': ['', [{ 'Fn::GetAtt': ['Logs', 'Arn'] }, ':*']] }] }],
    ['the right to describe a secret', { Action: 'secretsmanager:DescribeSecret', Resource: 'arn' }],
    ['decryption outside Secrets Manager', { Action: 'kms:Decrypt', Resource: 'arn' }],
    ['all keys without an alias', { Action: 'kms:Decrypt', Resource: KEYS, Condition: VIA_SERVICE }],
    ['everything but something', { NotAction: 'iam:*', Resource: 'arn' }],
  ])('%s', (_what, statement) => {
    const policy = { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Statement: [{ Effect: 'Allow', ...statement }] } } };
    expect(violations({ Resources: { Policy: policy } })).toHaveLength(1);
  });

  test('a policy inside a role', () => {
    const role = { Type: 'AWS::IAM::Role', Properties: { Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: 'arn' }] } }] } };
    expect(violations({ Resources: { Role: role } })).toHaveLength(1);
  });

  test('a managed policy on an execution role', () => {
    const AssumeRolePolicyDocument = { Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'ecs-tasks.amazonaws.com' } }] };
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument, ManagedPolicyArns: ['arn'] } };
    expect(violations({ Resources: { Role: role } })).toHaveLength(1);
  });
});

function violations(template: any): string[] {
  const roles = Object.entries<any>(template.Resources).filter(([, { Properties }]) => (
    JSON.stringify(Properties?.AssumeRolePolicyDocument ?? '').includes('ecs-tasks.amazonaws.com') && Properties.ManagedPolicyArns
  ));
  return [
    ...roles.map(([id]) => `the role ${id} has a managed policy`),
    ...statementsOf(template).flatMap((found) => faultsOf(found).map((fault) => `${fault}: ${JSON.stringify(found)}`)),
  ];
}

function faultsOf(found: Found): string[] {
  const { Action, Resource, Condition } = found.statement;
  const actions: string[] = [Action ?? '*'].flat();
  const isException = EXCEPTIONS.some(({ applies }) => applies(found));
  return [
    !isException && actions.some((action) => action.includes('*')) && 'not an exact action',
    !isException && JSON.stringify(Resource ?? '').includes('*') && 'not an exact resource',
    actions.includes('secretsmanager:DescribeSecret') && 'more than ECS needs',
    // The account of a key may use it in any way.
    actions.includes('kms:Decrypt') && !Condition?.StringEquals?.['kms:ViaService'] && 'decryption outside Secrets Manager',
  ].filter((fault) => fault !== false);
}

/** Every statement of every policy of a template, wherever it stands. */
function statementsOf(template: any): Found[] {
  const within = (value: any): any[] => {
    if (typeof value !== 'object' || value === null) { return []; }
    return [...(Array.isArray(value.Statement) ? value.Statement : []), ...Object.values(value).flatMap(within)];
  };
  return Object.values<any>(template.Resources)
    .flatMap(({ Type, Properties }) => within(Properties).map((statement) => ({ type: Type, statement })));
}
