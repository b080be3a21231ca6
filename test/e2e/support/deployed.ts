import { setTimeout as pause } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  DescribeServicesCommand, DescribeTaskDefinitionCommand, DescribeTasksCommand, ECSClient, ListTasksCommand, Service, Task, TaskDefinition,
} from '@aws-sdk/client-ecs';
import { GetRolePolicyCommand, IAMClient, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { Cloud } from './cloud';

/** What AWS holds after a deployment, asked by the SDK. */
export class Deployed {
  constructor(private readonly cloud: Cloud, public readonly stack: string) {}

  public async status(): Promise<string> {
    const { Stacks } = await new CloudFormationClient(this.cloud.client()).send(new DescribeStacksCommand({ StackName: this.stack }));
    return Stacks![0].StackStatus!;
  }

  /** Why anything failed, oldest first, with the verdict if it was a pull check. */
  public async failures(): Promise<{ id: string; status: string; reason: string; verdict?: string }[]> {
    const { StackEvents = [] } = await new CloudFormationClient(this.cloud.client()).send(new DescribeStackEventsCommand({ StackName: this.stack }));
    return StackEvents.reverse()
      .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('FAILED'))
      .map(({ LogicalResourceId, ResourceStatus, ResourceStatusReason: reason = '' }) => ({
        id: LogicalResourceId!, status: ResourceStatus!, reason, verdict: /\[(\w+)\]; to deploy anyway/.exec(reason)?.[1],
      }));
  }

  /** The only service, as it is told to run. */
  public async service(): Promise<Service> {
    const [arn] = await this.cloud.resources(this.stack, 'AWS::ECS::Service');
    const { services } = await this.ecs().send(new DescribeServicesCommand({ services: [arn], cluster: /service\/([^/]+)\//.exec(arn)![1] }));
    return services![0];
  }

  /** Looks at the only service again and again until it is as expected. */
  public async until(expected: (service: Service) => boolean): Promise<Service> {
    while (true) {
      const service = await this.service();
      if (expected(service)) {
        return service;
      }
      await pause(200);
    }
  }

  /** The service has as many tasks as it should have, of one deployment, which is complete. */
  public async steady(): Promise<Service> {
    return this.until(({ desiredCount, runningCount, deployments }) =>
      runningCount === desiredCount && deployments!.length === 1 && deployments![0].rolloutState === 'COMPLETED');
  }

  /** Those of the only cluster, as `aws ecs describe-tasks` shows them. */
  public async tasks(desiredStatus: 'RUNNING' | 'STOPPED'): Promise<Task[]> {
    const [cluster] = await this.cloud.resources(this.stack, 'AWS::ECS::Cluster');
    const { taskArns = [] } = await this.ecs().send(new ListTasksCommand({ cluster, desiredStatus }));
    return taskArns.length === 0 ? [] : (await this.ecs().send(new DescribeTasksCommand({ cluster, tasks: taskArns }))).tasks!;
  }

  /** The task definition that the only service runs, or the one with this ARN. */
  public async task(arn?: string): Promise<TaskDefinition> {
    const taskDefinition = arn ?? (await this.service()).taskDefinition;
    return (await this.ecs().send(new DescribeTaskDefinitionCommand({ taskDefinition }))).taskDefinition!;
  }

  /** All statements of a role. */
  public async rights(roleArn: string): Promise<any[]> {
    const iam = new IAMClient(this.cloud.client());
    const RoleName = roleArn.split('/').pop()!;
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const policies = await Promise.all(PolicyNames.map((PolicyName) => iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }))));
    return policies.flatMap(({ PolicyDocument }) => JSON.parse(decodeURIComponent(PolicyDocument!)).Statement);
  }

  private ecs(): ECSClient {
    return new ECSClient(this.cloud.client());
  }
}
