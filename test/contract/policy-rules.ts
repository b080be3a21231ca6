import { FoundStatement, managedPoliciesOf, PolicyKind, statementsOf, textOf } from './policy-statements';

/** A statement that may name something with `*`. */
export interface Exception {
  readonly why: string;
  readonly kind: PolicyKind;
  readonly type: string;
  /** The sets of actions, of which a statement has exactly one. */
  readonly actions: string[][];
  readonly resource: RegExp;
  readonly viaSecretsManager?: true;
}

const NETWORK_INTERFACES = [
  'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
  'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses',
];
const USE_OF_KEY = ['kms:Decrypt', 'kms:Encrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*'];
const CREATION_OF_SECRET = ['kms:CreateGrant', 'kms:DescribeKey'];

/** All that there are: two of this library, which docs/security.md has, and what aws-cdk-lib writes into the policy of a key. */
export const EXCEPTIONS: Exception[] = [
  {
    why: 'Lambda needs the actions on network interfaces before there is one to name',
    kind: 'identity',
    type: 'AWS::IAM::Policy',
    actions: [NETWORK_INTERFACES],
    resource: /^\*$/,
  },
  {
    why: 'of a key that is known by an alias only the alias can be named, and only in a condition',
    kind: 'identity',
    type: 'AWS::IAM::Policy',
    actions: [['kms:Decrypt']],
    resource: /^arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):kms:[a-z0-9-]+:\d{12}:key\/\*$/,
  },
  {
    why: 'aws-cdk-lib hands a new key to its account; in the policy of a key "*" is the key itself',
    kind: 'resource',
    type: 'AWS::KMS::Key',
    actions: [['kms:*']],
    resource: /^\*$/,
  },
  {
    why: 'aws-cdk-lib lets the account use the key of its secret, through Secrets Manager, in two statements or in one',
    kind: 'resource',
    type: 'AWS::KMS::Key',
    actions: [USE_OF_KEY, CREATION_OF_SECRET, [...USE_OF_KEY, ...CREATION_OF_SECRET]],
    resource: /^\*$/,
    viaSecretsManager: true,
  },
];

const ACCOUNT = /^arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):iam::(?:\d{12}|\$\{AWS::AccountId\}):root$/;
const VIA_SECRETS_MANAGER = /^secretsmanager\.(?:[a-z0-9-]+|\$\{AWS::Region\})\.(?:amazonaws\.com(?:\.cn)?|\$\{AWS::URLSuffix\})$/;
const SUFFIX = '-??????';
const COMPLETE_ARN = /^(?:arn:[^*?]+:secret:[^*?]+-[A-Za-z0-9]{6}|\$\{[^*?]+\})$/;
const ARN_BY_NAME = /^arn:[^*?]+:secret:[^*?]+-\?{6}$/;

/** What is wrong with the policies of a template. */
export function violations(template: any): string[] {
  return [
    ...managedPoliciesOf(template).map((policy) => `a managed policy: ${policy}`),
    ...statementsOf(template).flatMap((found) => faultsOf(found).map((fault) => `${fault}: ${JSON.stringify(found)}`)),
  ];
}

/** Whether the exception is the reason for what the statement has. */
export function isExcepted({ kind, type, statement: { Action, Resource, Condition } }: FoundStatement, exception: Exception): boolean {
  const actions = [Action].flat().sort().join();
  return kind === exception.kind && type === exception.type && exception.resource.test(textOf(Resource))
    && exception.actions.some((set) => [...set].sort().join() === actions)
    && (!exception.viaSecretsManager || isViaSecretsManager(Condition));
}

function faultsOf(found: FoundStatement): string[] {
  const { kind, statement } = found;
  const actions: string[] = [statement.Action ?? []].flat();
  const resources = [statement.Resource ?? []].flat().map(textOf);
  const isException = EXCEPTIONS.some((exception) => isExcepted(found, exception));
  return [
    ...['NotAction', 'NotResource', 'NotPrincipal'].filter((element) => element in statement).map((element) => `has ${element}`),
    statement.Effect !== 'Allow' && 'no plain Allow',
    actions.length === 0 && 'no action',
    !isException && actions.some((action) => /[*?]/.test(action)) && 'not an exact action',
    kind !== 'trust' && resources.length === 0 && 'no resource',
    !isException && resources.some((resource) => resource.includes('*')) && 'not an exact resource',
    kind === 'identity' ? 'Principal' in statement && 'a principal in the policy of a role' : principalFault(found),
    kind === 'identity' && readFault(actions, resources),
    decryptFault(found, actions, resources),
  ].filter((fault) => typeof fault === 'string');
}

/** Roles are for one service each, and keys for the account. */
function principalFault({ kind, statement: { Principal } }: FoundStatement): string | false {
  const [[type, value] = [], ...others] = Object.entries(typeof Principal === 'object' ? Principal ?? {} : {});
  const isExact = kind === 'trust'
    ? type === 'Service' && /^[a-z-]+\.amazonaws\.com$/.test(textOf(value))
    : type === 'AWS' && ACCOUNT.test(textOf(value));
  return (!isExact || others.length > 0) && 'not an exact principal';
}

/** A secret is read by its complete ARN, or by what may be the beginning of it: as it is, and with six characters more. */
function readFault(actions: string[], resources: string[]): string | false {
  if (!actions.some((action) => action.startsWith('secretsmanager:'))) {
    return resources.some((resource) => resource.includes('?')) && 'not an exact resource';
  }
  if (actions.join() !== 'secretsmanager:GetSecretValue') {
    return 'more of a secret than its value';
  }
  const isExact = (resource: string) => COMPLETE_ARN.test(resource) || ARN_BY_NAME.test(resource)
    || resources.includes(`${resource}${SUFFIX}`) || (resource.endsWith(SUFFIX) && resources.includes(resource.slice(0, -SUFFIX.length)));
  return !resources.every(isExact) && 'not the ARN of a secret';
}

/** Only Secrets Manager decrypts for a role, and `key/*` is a key with one alias. */
function decryptFault({ kind, statement: { Condition = {} } }: FoundStatement, actions: string[], resources: string[]): string | false {
  if (kind !== 'identity' || !actions.some((action) => action.startsWith('kms:'))) {
    return false;
  }
  const { 'ForAnyValue:StringEquals': anyOf, ...others } = Condition;
  const aliases = anyOf?.['kms:ResourceAliases'];
  return (actions.join() !== 'kms:Decrypt' && 'more of a key than decryption')
    || (!isViaSecretsManager(others) && 'decryption outside Secrets Manager')
    || ((aliases !== undefined) !== resources.some((resource) => resource.endsWith(':key/*')) && 'an alias for one key, or none for all')
    || (aliases !== undefined && !/^alias\/[^*?]+$/.test(textOf(aliases)) && 'not an exact alias');
}

/** Whether the condition is that Secrets Manager asks for its caller, and nothing else. */
function isViaSecretsManager(condition: any): boolean {
  const service = condition?.StringEquals?.['kms:ViaService'];
  return service !== undefined && VIA_SECRETS_MANAGER.test(textOf(service))
    && Object.keys(condition).length === 1 && Object.keys(condition.StringEquals).length === 1;
}
