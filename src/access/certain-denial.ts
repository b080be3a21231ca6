import { CfnResource, Reference, Stack, Tokenization } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { IConstruct } from 'constructs';
import { PullStatement } from './pull-statements';
import { synthesisOf } from '../private/late-dependencies';
import { hasPropertyOverrides, referencesOf } from '../private/resource-graph';
import { roleResourceOf } from '../private/scopes';

/** What attaches statements to a role. */
const POLICIES = [iam.CfnPolicy, iam.CfnManagedPolicy, iam.CfnRolePolicy];

/**
 * Whether a secret that is denied to one of the roles is denied to all of them: nothing but equal statements of this library decides
 * on it. So secret, key and roles are resources of this app, in one account, and nobody added a policy. To be asked at the end of synth.
 */
export function denialIsCertain(secret: secretsmanager.ISecret, roles: iam.IRole[], statements: PullStatement[]): boolean {
  const resource = secret.node.defaultChild;
  if (!(resource instanceof secretsmanager.CfnSecret) || hasPropertyOverrides(resource)) {
    return false;
  }
  const policies = policiesOf(resource);
  const { account } = Stack.of(resource);
  return policies.ofSecrets.every((policy) => isOfOther(policy, resource))
    && hasDefaultKey(resource)
    && roles.every((role) => Stack.of(role).account === account && isPlain(role, policies, statements));
}

/**
 * The policies of an app.
 */
interface Policies {
  readonly ofSecrets: CfnResource[];
  readonly ofRoles: Map<CfnResource, CfnResource[]>;
  /** They can name any role. */
  readonly ofUnknown: CfnResource[];
}

const KNOWN = new WeakMap<object, Policies>();

function policiesOf(secret: secretsmanager.CfnSecret): Policies {
  const synthesis = synthesisOf(secret);
  const policies = (synthesis && KNOWN.get(synthesis)) ?? findPolicies(secret.node.root.node.findAll());
  if (synthesis) {
    KNOWN.set(synthesis, policies);
  }
  return policies;
}

function findPolicies(all: IConstruct[]): Policies {
  const ofRoles = new Map<CfnResource, CfnResource[]>();
  const ofUnknown: CfnResource[] = [];
  for (const policy of all.filter((one): one is CfnResource => POLICIES.some((type) => isOfType(one, type)))) {
    const roles = new Set(referencesOf(policy).filter(isRole));
    roles.forEach((role) => ofRoles.set(role, [...ofRoles.get(role) ?? [], policy]));
    if (roles.size === 0) {
      ofUnknown.push(policy);
    }
  }
  return { ofSecrets: all.filter((one): one is CfnResource => isOfType(one, secretsmanager.CfnResourcePolicy)), ofRoles, ofUnknown };
}

function hasDefaultKey(secret: secretsmanager.CfnSecret): boolean {
  if (secret.kmsKeyId === undefined) {
    return true;
  }
  const key = targetOf(secret.kmsKeyId);
  if (!(key instanceof kms.CfnKey) || hasPropertyOverrides(key) || Stack.of(key).account !== Stack.of(secret).account) {
    return false;
  }
  const statements: Statement[] = Stack.of(key).resolve(key.keyPolicy)?.Statement ?? [];
  const admitsAccount = statements.some(({ Action, Principal, Condition }) => (
    Action === 'kms:*' && /:root"/.test(JSON.stringify(Principal)) && Condition === undefined
  ));
  return admitsAccount && statements.every(({ Effect }) => Effect === 'Allow');
}

/**
 * Whether a role has no permission on the secret and its key but the given ones, and no limit.
 */
function isPlain(role: iam.IRole, { ofRoles, ofUnknown }: Policies, statements: PullStatement[]): boolean {
  const resource = roleResourceOf(role);
  if (!(resource instanceof iam.CfnRole) || hasPropertyOverrides(resource)) {
    return false;
  }
  const { managedPolicyArns, permissionsBoundary, policies, roleName } = resource;
  const attached = Stack.of(resource).resolve([managedPolicyArns, permissionsBoundary, policies]).flat();
  return attached.every((one: unknown) => one === undefined)
    && [...ofRoles.get(resource) ?? [], ...roleName === undefined ? [] : ofUnknown]
      .every((policy) => !hasPropertyOverrides(policy) && statementsOf(policy).every((statement) => isHarmless(policy, statement, statements)));
}

interface Statement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

/**
 * What is not known, like the statements of a resource without a class of its own, is a statement without an action.
 */
function statementsOf(policy: CfnResource): Array<Partial<Statement>> {
  const document = Stack.of(policy).resolve(POLICIES.some((type) => policy instanceof type) ? (policy as iam.CfnPolicy).policyDocument : {});
  return document === undefined ? [] : [document.Statement ?? {}].flat();
}

/**
 * Whether a statement is one of the given ones, or on something else.
 */
function isHarmless(policy: CfnResource, { Effect, Action, Resource }: Partial<Statement>, statements: PullStatement[]): boolean {
  if (Action === undefined || Resource === undefined) {
    return false;
  }
  const actions = [Action].flat();
  if (actions.every((action) => /^(?!secretsmanager:|kms:)[a-z0-9-]+:/i.test(action))) {
    return true;
  }
  const texts = (value: unknown) => [Stack.of(policy).resolve(value)].flat().map((one) => JSON.stringify(one));
  const isGiven = Effect === 'Allow' && statements.some((given) => (
    actions.every((action) => given.actions.includes(action)) && texts(Resource).every((text) => texts(given.resources).includes(text))
  ));
  const given = statements.flatMap(({ resources }) => texts(resources));
  return isGiven || [Resource].flat().every((one) => typeof one === 'object' && !given.includes(JSON.stringify(one)) && isAttribute(one));
}

/** A reference to a single resource. */
function isAttribute(value: object | null): boolean {
  return value !== null && ('Ref' in value || 'Fn::GetAtt' in value);
}

/**
 * Whether a resource policy is certainly that of another secret.
 */
function isOfOther(policy: IConstruct, secret: CfnResource): boolean {
  if (!(policy instanceof secretsmanager.CfnResourcePolicy) || hasPropertyOverrides(policy)) {
    return false;
  }
  const target = targetOf(policy.secretId);
  return target !== undefined && target !== secret;
}

/**
 * The construct that a text refers to, if it refers to one of the app.
 */
export function targetOf(reference: string): IConstruct | undefined {
  const token = Tokenization.reverseString(reference).firstToken;
  return token !== undefined && Reference.isReference(token) ? token.target : undefined;
}

function isRole(construct: IConstruct): boolean {
  return isOfType(construct, iam.CfnRole);
}

function isOfType(construct: IConstruct, type: { readonly CFN_RESOURCE_TYPE_NAME: string }): construct is CfnResource {
  return CfnResource.isCfnResource(construct) && construct.cfnResourceType === type.CFN_RESOURCE_TYPE_NAME;
}
