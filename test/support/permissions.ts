import { runSimulation } from '@cloud-copilot/iam-simulate';
import { DeployedResource, DeployedStack, DeployedStacks } from './deployed-stack';

/** A policy in JSON, without intrinsic functions. */
export type PolicyDocument = { readonly Statement: any; readonly [element: string]: any };

/** What somebody wants to do. */
export interface Access {
  /** The ARN of the role that was assumed. */
  readonly role: string;
  readonly action: string;
  /** The ARN of the secret or of the key. */
  readonly resource: string;
  /** Condition keys beside those that follow from the role. */
  readonly context?: Record<string, string | string[]>;
}

/** The policies that decide about an access. */
export interface AccessPolicies {
  /** Those of the role. */
  readonly identity: PolicyDocument[];
  /** That of the key or the secret. */
  readonly resource?: PolicyDocument;
}

/**
 * Whether the policies allow an access: in one account either side, with what a key policy leaves to IAM; between accounts
 * both. Throws if a policy is not valid, or if IAM does not have a condition key of the context for the action.
 */
export async function isAllowed({ role, action, resource, context = {} }: Access, policies: AccessPolicies): Promise<boolean> {
  const result = await runSimulation({
    request: {
      principal: sessionOf(role),
      action,
      resource: { resource, accountId: accountOf(resource) },
      contextVariables: { ...contextOfRole(role, action), ...context },
    },
    identityPolicies: policies.identity.map((policy, index) => ({ name: `policy ${index}`, policy })),
    resourcePolicy: policies.resource,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, { simulationMode: 'Strict' });
  if (result.resultType !== 'single') {
    throw new Error(`${action} on ${resource} was not simulated: ${JSON.stringify(result)}`);
  }
  const ignored = result.result.ignoredContextKeys ?? [];
  if (ignored.length > 0) {
    throw new Error(`${action} has no condition key ${ignored.join(', ')}`);
  }
  return result.overallResult === 'Allowed';
}

/**
 * The context of a request that Secrets Manager sends to KMS for whoever reads the secret.
 *
 * Without the encryption context, which the simulator does not know: a policy with such a condition allows nothing here.
 */
export function viaSecretsManager(region: string, aliases: string[] = []): Record<string, string | string[]> {
  return { ...viaService('secretsmanager', region), ...(aliases.length > 0 && { 'kms:ResourceAliases': aliases }) };
}

export function viaService(service: string, region: string): Record<string, string> {
  return { 'kms:ViaService': `${service}.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}` };
}

/** The policy of a key that leaves it to IAM who in its account may use it, as the console and aws-cdk-lib write it. */
export function keyPolicyOf(account: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*', Resource: '*' }],
  };
}

/**
 * What the policy of the AWS managed key `aws/secretsmanager` says of decryption.
 *
 * @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function managedKeyPolicyOf(account: string, region: string): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:CreateGrant', 'kms:DescribeKey'],
      Resource: '*',
      Condition: { StringEquals: { 'kms:CallerAccount': account, ...viaService('secretsmanager', region) } },
    }],
  };
}

/**
 * The policies of stacks that are deployed, as IAM, KMS and Secrets Manager have them.
 *
 * What is not in a template, such as the policy of a key that was made by hand, is added with `setResourcePolicy()` and
 * `setIdentityPolicies()`.
 */
export class Permissions {
  private readonly stacks: DeployedStacks;
  private readonly identityPolicies = new Map<string, PolicyDocument[]>();
  private readonly resourcePolicies = new Map<string, PolicyDocument>();

  constructor(...stacks: DeployedStack[]) {
    this.stacks = new DeployedStacks(stacks);
    this.readRoles();
    for (const key of this.stacks.resources('AWS::KMS::Key')) {
      this.setResourcePolicy(key.attribute('Arn'), key.properties.KeyPolicy);
    }
    for (const { properties } of this.stacks.resources('AWS::SecretsManager::ResourcePolicy')) {
      this.setResourcePolicy(properties.SecretId, properties.ResourcePolicy);
    }
  }

  /** The resources of a type, with values in place of intrinsic functions. */
  public resources(type: string): DeployedResource[] {
    return this.stacks.resources(type);
  }

  /** What something of a stack is when it is deployed. */
  public valueIn(stackName: string, value: object): any {
    return this.stacks.valueIn(stackName, value);
  }

  /** The policies of a role, of all stacks. */
  public policiesOf(role: string): PolicyDocument[] {
    return this.identityPolicies.get(role) ?? [];
  }

  public setIdentityPolicies(role: string, policies: PolicyDocument[]): void {
    this.identityPolicies.set(role, policies);
  }

  public setResourcePolicy(resourceArn: string, policy: PolicyDocument): void {
    this.resourcePolicies.set(resourceArn, policy);
  }

  public resourcePolicyOf(resourceArn: string): PolicyDocument | undefined {
    return this.resourcePolicies.get(resourceArn);
  }

  public async isAllowed(access: Access): Promise<boolean> {
    return isAllowed(access, { identity: this.policiesOf(access.role), resource: this.resourcePolicies.get(access.resource) });
  }

  private readRoles(): void {
    const arnsOfNames = new Map<string, string>();
    for (const role of this.stacks.resources('AWS::IAM::Role')) {
      const arn = role.attribute('Arn');
      arnsOfNames.set(role.physicalId, arn);
      for (const { PolicyDocument } of role.properties.Policies ?? []) {
        this.attach(arn, PolicyDocument);
      }
    }
    for (const type of ['AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy']) {
      for (const { stack, properties: { Roles = [], PolicyDocument } } of this.stacks.resources(type)) {
        // A role that is not of these stacks is known by its name only.
        for (const name of Roles) {
          this.attach(arnsOfNames.get(name) ?? `arn:aws:iam::${stack.account}:role/${name}`, PolicyDocument);
        }
      }
    }
  }

  private attach(role: string, policy: PolicyDocument): void {
    this.identityPolicies.set(role, [...this.policiesOf(role), policy]);
  }
}

function contextOfRole(role: string, action: string): Record<string, string> {
  const account = accountOf(role);
  return { 'aws:PrincipalArn': role, 'aws:PrincipalAccount': account, ...(action.startsWith('kms:') && { 'kms:CallerAccount': account }) };
}

function sessionOf(role: string): string {
  const [, partition, , , account, resource] = role.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${resource.split('/').pop()}/session`;
}

function accountOf(arn: string): string {
  return arn.split(':')[4];
}
