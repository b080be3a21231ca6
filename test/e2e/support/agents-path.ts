import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteSecretCommand, DescribeSecretCommand, GetSecretValueCommand, ListSecretsCommand, PutSecretValueCommand, SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { App } from './app';
import { REGION, Cloud, Credentials } from './cloud';
import { Containerd } from './containerd';
import { buildDecoder, Decoder } from './decode';
import { DeployedPermissions } from './deployed-permissions';
import { EcsAgent, Outcome } from './ecs-agent';
import { give, OTHER_REGION, PRIMARY_REGION, Given } from './given';
import { Moto } from './moto';
import { TaskDefinitions } from './task-definitions';
import { useMoto, World } from './world';
import { PolicyDocument } from '../../support/permissions';
import { PullRights } from '../../support/pull-rights';

export const REGIONS = [REGION, OTHER_REGION, PRIMARY_REGION];

/** What ECS knows of a task definition of a stack. */
export interface Registered {
  /** What each container names, by the name of the container. */
  readonly secretIds: Record<string, string>;
  readonly roleArn: string;
}

/** The account, the registries and an app that is deployed, for the tests of one file, and who goes the agent's path in them. */
export class AgentsPath {
  public readonly agent: EcsAgent;
  public given!: Given;
  public app!: App;
  private readonly tasks = new TaskDefinitions(() => this.e2e().cloud);
  private decoder!: Decoder;
  private permissions?: Promise<DeployedPermissions>;

  constructor(public readonly e2e: () => World<Moto, Containerd>, appName: string, giveMore: (cloud: Cloud) => Promise<object>) {
    this.agent = new EcsAgent(e2e, () => this.decoder);
    beforeAll(async () => {
      this.decoder = buildDecoder();
      const { cloud } = this.e2e();
      this.given = await give(cloud);
      this.app = appOf(cloud, appName, { ...this.given, ...await giveMore(cloud) });
    });
    afterAll(() => this.decoder?.remove());
  }

  /** Goes the whole path of a task definition, from `Stack/Path/To/Task`. */
  public async walk(path: string): Promise<Registered & { outcomes: Record<string, Outcome> }> {
    return { ...await this.describe(path), outcomes: await this.agent.start(await this.tasks.arnOf(path)) };
  }

  public async describe(path: string): Promise<Registered> {
    const { executionRoleArn, containerDefinitions = [] } = await this.agent.describe(await this.tasks.arnOf(path));
    const secretIds = containerDefinitions.flatMap(({ name, repositoryCredentials: named }) => (named ? [[name!, named.credentialsParameter!]] : []));
    return { secretIds: Object.fromEntries(secretIds), roleArn: executionRoleArn! };
  }

  /** What the policies allow, as they are when anything of them is asked for the first time. */
  public async rights(roleArn: string, secretArn: string): Promise<PullRights> {
    return (await this.deployed()).pullRights(roleArn, secretArn);
  }

  /** Those of a role. */
  public async policiesOf(roleArn: string): Promise<PolicyDocument[]> {
    return (await this.deployed()).policies.policiesOf(roleArn);
  }

  /** Whether a customer-managed key encrypts a secret. */
  public async hasKey(secretArn: string): Promise<boolean> {
    return (await (await this.deployed()).keyOf(secretArn)).key !== undefined;
  }

  /** What the execution role can do in fact beside reading the secrets of its own: nothing, if all is well. */
  public async excesses(roleArn: string, ownSecretArns: readonly string[]): Promise<string[]> {
    const { cloud } = this.e2e();
    const session = await this.agent.assume(roleArn);
    const others = (await allSecrets(cloud)).filter((arn) => !ownSecretArns.includes(arn));
    const attempts = [
      ...others.map((arn) => attempt(cloud, session, arn, `read ${arn}`, new GetSecretValueCommand({ SecretId: arn }))),
      ...ownSecretArns.flatMap((arn) => [
        attempt(cloud, session, arn, `describe ${arn}`, new DescribeSecretCommand({ SecretId: arn })),
        attempt(cloud, session, arn, `overwrite ${arn}`, new PutSecretValueCommand({ SecretId: arn, SecretString: 'overwritten' })),
        attempt(cloud, session, arn, `delete ${arn}`, new DeleteSecretCommand({ SecretId: arn })),
        attempt(cloud, session, arn, 'list all secrets', new ListSecretsCommand({})),
      ]),
    ];
    expect(attempts.length).toBeGreaterThan(10);
    return (await Promise.all(attempts)).flat();
  }

  private deployed(): Promise<DeployedPermissions> {
    this.permissions ??= DeployedPermissions.read(this.e2e().cloud, REGIONS);
    return this.permissions;
  }
}

/** In every Region, with a replica for each place where it is. */
export async function allSecrets(cloud: Cloud): Promise<string[]> {
  const clients = REGIONS.map((region) => new SecretsManagerClient({ ...cloud.client(), region }));
  const lists = await Promise.all(clients.map((client) => client.send(new ListSecretsCommand({ MaxResults: 100 }))));
  return lists.flatMap(({ SecretList = [] }) => SecretList.map(({ ARN }) => ARN!));
}

async function attempt(cloud: Cloud, session: Credentials, arn: string, what: string, command: any): Promise<string[]> {
  try {
    await new SecretsManagerClient({ ...cloud.client(session), region: arn.split(':')[3] }).send(command);
    return [`may ${what}`];
  } catch (error) {
    const { name } = error as Error;
    return name.startsWith('AccessDenied') ? [] : [`${what}: ${name}`];
  }
}

/** `giveMore` makes what only this app finds there. */
export function useAgentsPath(appName: string, giveMore: (cloud: Cloud) => Promise<object> = async () => ({})): AgentsPath {
  return new AgentsPath(useMoto(), appName, giveMore);
}

/** One of test/e2e/apps as a user would have it: with the packed library, and with what there is already. */
function appOf(cloud: Cloud, name: string, given: object): App {
  const source = readFileSync(join(__dirname, '../apps', `${name}.ts`), 'utf8');
  const app = App.of(cloud, source.replaceAll('\'../../../src\'', '\'cdk-private-registry\''));
  writeFileSync(join(app.directory, 'given.json'), JSON.stringify(given));
  return app;
}
