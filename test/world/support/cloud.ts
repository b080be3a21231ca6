import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogStreamsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeServicesCommand, DescribeTasksCommand, ECSClient, ListTasksCommand, Service, Task } from '@aws-sdk/client-ecs';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Server } from './server';

const ROOT = join(__dirname, '../../..');
const PORT = 4566;

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';

export interface CloudOptions {
  /** Whether IAM decides about requests. */
  readonly iam: boolean;
  readonly certificateAuthority: string;
  /** Of the engine that runs the tasks. */
  readonly engine: string;
}

/** One account of AWS, empty at first: MiniStack with what test/world/cloud.py adds. */
export class Cloud {
  public static readonly endpoint = `http://127.0.0.1:${PORT}`;
  /** The administrator, whom MiniStack knows by this name. */
  public static readonly administrator = { accessKeyId: 'test', secretAccessKey: 'test' };

  public static async start(directory: string, options: CloudOptions): Promise<Cloud> {
    // The runtime of Lambda brings the clients of the SDK, and nothing else.
    const runtime = join(directory, 'runtime');
    mkdirSync(runtime);
    symlinkSync(join(ROOT, 'node_modules/@aws-sdk'), join(runtime, '@aws-sdk'));
    const server = await Server.start({
      command: join(ROOT, '.world/venv/bin/python'),
      args: ['-B', join(ROOT, 'test/world/cloud.py')],
      env: {
        // Functions run on the Node.js that is first.
        PATH: `${dirname(process.env.WORLD_NODE!)}:${process.env.PATH}`,
        HOME: directory,
        TMPDIR: directory,
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: String(PORT),
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        MINISTACK_REGION: REGION,
        AUTH: String(options.iam),
        DOCKER_HOST: options.engine,
        // A busy machine fails no task.
        MINISTACK_DOCKER_TIMEOUT: '600',
        NODE_PATH: runtime,
        NODE_EXTRA_CA_CERTS: options.certificateAuthority,
      },
      log: join(directory, 'ministack.log'),
      probe: async () => {
        if (!(await fetch(`${Cloud.endpoint}/_ministack/health`)).ok) {
          throw new Error('not ready');
        }
      },
    });
    return new Cloud(server);
  }

  private constructor(private readonly server: Server) {}

  /** What a client of the AWS SDK needs: `new ECSClient(cloud.client())`. */
  public client(): { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } } {
    return { endpoint: Cloud.endpoint, region: REGION, credentials: Cloud.administrator };
  }

  public async storeSecret(Name: string, credentials: object): Promise<string> {
    const client = new SecretsManagerClient(this.client());
    return (await client.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(credentials) }))).ARN!;
  }

  public async stackStatus(stack: string): Promise<string> {
    const { Stacks } = await new CloudFormationClient(this.client()).send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks![0].StackStatus!;
  }

  /** What failed in a stack and why, newest first. */
  public async failures(stack: string): Promise<string[]> {
    const { StackEvents = [] } = await new CloudFormationClient(this.client()).send(new DescribeStackEventsCommand({ StackName: stack }));
    return StackEvents.filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
      .map(({ LogicalResourceId, ResourceStatusReason }) => `${LogicalResourceId}: ${ResourceStatusReason}`);
  }

  /** Physical ids of a stack's resources of a type. */
  public async resources(stack: string, type: string): Promise<string[]> {
    const { StackResourceSummaries = [] } = await new CloudFormationClient(this.client()).send(new ListStackResourcesCommand({ StackName: stack }));
    return StackResourceSummaries.filter(({ ResourceType }) => ResourceType === type)
      .map(({ PhysicalResourceId }) => PhysicalResourceId!);
  }

  /** The only service of a stack. */
  public async service(stack: string): Promise<Service> {
    const [arn] = await this.resources(stack, 'AWS::ECS::Service');
    const { services } = await new ECSClient(this.client()).send(new DescribeServicesCommand({ cluster: arn.split('/')[1], services: [arn] }));
    return services![0];
  }

  /** The tasks of a stack's only cluster, as `aws ecs describe-tasks` shows them. */
  public async tasks(stack: string, desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> {
    const ecs = new ECSClient(this.client());
    const [cluster] = await this.resources(stack, 'AWS::ECS::Cluster');
    const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster, desiredStatus }));
    return taskArns.length === 0 ? [] : (await ecs.send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks!;
  }

  /** Looks at the service again and again until it is as expected. */
  public async until(stack: string, expected: (service: Service) => boolean): Promise<Service> {
    while (true) {
      const service = await this.service(stack);
      if (expected(service)) {
        return service;
      }
      await pause(200);
    }
  }

  /** What a stack's containers, or its functions, have written. */
  public async logOf(stack: string, which: 'containers' | 'functions'): Promise<string[]> {
    const logs = new CloudWatchLogsClient(this.client());
    const groups = await this.resources(stack, 'AWS::Logs::LogGroup');
    const logGroupName = groups.find((name) => name.includes('TaskDef') === (which === 'containers'));
    const { logStreams = [] } = await logs.send(new DescribeLogStreamsCommand({ logGroupName }));
    const answers = await Promise.all(logStreams.map(({ logStreamName }) =>
      logs.send(new GetLogEventsCommand({ logGroupName, logStreamName, startFromHead: true }))));
    return answers.flatMap(({ events = [] }) => events.map(({ message }) => message!));
  }

  public log(): string {
    return this.server.output();
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }
}
