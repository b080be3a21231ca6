import { DescribeTaskDefinitionCommand, ECSClient, ContainerDefinition, TaskDefinition } from '@aws-sdk/client-ecs';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetSecretValueCommand, SecretsManagerClient, SecretsManagerServiceException } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { runSimulation } from '@cloud-copilot/iam-simulate';
import { REGION, Credentials } from './cloud';
import { Containerd, ContainerdError } from './containerd';
import { Decoder, SecretAnswer } from './decode';
import { Moto } from './moto';
import { World } from './world';

const ECS_TASKS = 'ecs-tasks.amazonaws.com';

export type FailedStep = 'assume the role' | 'read the secret' | 'decode the secret' | 'pull the image';

/** What a container answers to an HTTP request, or the step that failed. No secret is in any of it. */
export type Outcome =
  | { readonly answer: string; readonly as: string }
  | { readonly failed: FailedStep; readonly reason: string };

class Failed extends Error {
  constructor(public readonly step: FailedStep, reason: string) {
    super(reason);
  }
}

/**
 * Goes the way of ECS from a registered task definition to its containers: it assumes the execution role, reads the secret that
 * each container names, decodes it, and lets containerd pull and run the image.
 *
 * https://github.com/aws/amazon-ecs-agent/blob/master/agent/taskresource/asmauth/asmauth.go (retrieveASMDockerAuthData): a client
 * for the Region of each secret, with the credentials of the execution role, and GetSecretValue with nothing but the id.
 */
export class EcsAgent {
  constructor(private readonly e2e: () => World<Moto, Containerd>, private readonly decoder: () => Decoder) {}

  /** The outcome for each container, by its name. */
  public async start(taskDefinition: string): Promise<Record<string, Outcome>> {
    const { executionRoleArn, containerDefinitions = [] } = await this.describe(taskDefinition);
    const outcomes: Record<string, Outcome> = {};
    for (const container of containerDefinitions) {
      outcomes[container.name!] = await this.startContainer(container, executionRoleArn!);
    }
    return outcomes;
  }

  /** Also a job of AWS Batch, whose container has the same properties. */
  public async startContainer(container: ContainerDefinition, executionRoleArn: string): Promise<Outcome> {
    return this.prepare(container, executionRoleArn).catch((error: unknown) => {
      if (error instanceof Failed) {
        return { failed: error.step, reason: error.message };
      }
      throw error;
    });
  }

  /** As it was registered, whatever its template says. */
  public async describe(taskDefinition: string): Promise<TaskDefinition> {
    const ecs = new ECSClient(this.e2e().cloud.client());
    return (await ecs.send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition!;
  }

  /** What the execution role may do, while IAM is enforced for everybody. */
  public async assume(roleArn: string): Promise<Credentials> {
    const { cloud } = this.e2e();
    const role = await new IAMClient(cloud.client()).send(new GetRoleCommand({ RoleName: roleArn.split('/').pop() }));
    if (!await mayAssume(ECS_TASKS, roleArn, JSON.parse(decodeURIComponent(role.Role!.AssumeRolePolicyDocument!)))) {
      throw new Failed('assume the role', `${ECS_TASKS} may not assume it`);
    }
    // Nobody can call moto as a service: it knows users and roles only, also in a trust policy. So the policy is judged above, and
    // the call itself by nobody.
    // https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py ("TODO add support for more principals")
    await cloud.enforceIam(false);
    try {
      const { Credentials: session } = await new STSClient(cloud.client()).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'ecs' }));
      return { accessKeyId: session!.AccessKeyId!, secretAccessKey: session!.SecretAccessKey!, sessionToken: session!.SessionToken };
    } finally {
      await cloud.enforceIam(true);
    }
  }

  private async prepare({ image, repositoryCredentials }: ContainerDefinition, roleArn: string): Promise<Outcome> {
    const session = await this.assume(roleArn);
    const secret = await this.read(repositoryCredentials!.credentialsParameter!, session);
    const [{ username, password, problem }] = this.decoder().decode([secret]);
    if (problem !== undefined) {
      throw new Failed('decode the secret', problem);
    }
    return { answer: await this.run(image!, { username: username!, password: password! }), as: username! };
  }

  private async read(secretId: string, session: Credentials): Promise<SecretAnswer> {
    const region = secretId.startsWith('arn:') ? secretId.split(':')[3] : REGION;
    const client = new SecretsManagerClient({ ...this.e2e().cloud.client(session), region });
    try {
      return await client.send(new GetSecretValueCommand({ SecretId: secretId }));
    } catch (error) {
      // Anything else is no answer of Secrets Manager.
      if (!(error instanceof SecretsManagerServiceException)) {
        throw error;
      }
      throw new Failed('read the secret', error.name);
    }
  }

  private async run(image: string, credentials: { username: string; password: string }): Promise<string> {
    try {
      return await this.e2e().engine.run(image, credentials);
    } catch (error) {
      throw error instanceof ContainerdError ? new Failed('pull the image', error.message) : error;
    }
  }
}

/** What a trust policy says of a service. */
async function mayAssume(service: string, role: string, trustPolicy: object): Promise<boolean> {
  const result = await runSimulation({
    request: { principal: service, action: 'sts:AssumeRole', resource: { resource: role, accountId: role.split(':')[4] }, contextVariables: {} },
    identityPolicies: [],
    resourcePolicy: trustPolicy,
    serviceControlPolicies: [],
    resourceControlPolicies: [],
  }, { simulationMode: 'Strict' });
  if (result.resultType !== 'single') {
    throw new Error(`the trust policy of ${role} was not simulated: ${JSON.stringify(result)}`);
  }
  return result.overallResult === 'Allowed';
}
