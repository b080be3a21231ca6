import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { Cloud } from './cloud';

/** Finds what a stack and the stacks nested in it have registered, by the ids of its constructs. */
export class TaskDefinitions {
  private readonly stacks = new Map<string, Promise<Map<string, string>>>();

  constructor(private readonly cloud: () => Cloud) {}

  /** The ARN of a task definition, from `Stack/Path/To/Task`. Those that CfnInclude includes keep the ids of their template. */
  public async arnOf(path: string): Promise<string> {
    const [stackName, ...ids] = path.split('/');
    const resources = await this.resourcesOf(stackName);
    const logicalId = new RegExp(`^${ids.join('')}(?:[0-9A-F]{8})?$`);
    const found = [...resources].filter(([id]) => logicalId.test(id)).map(([, arn]) => arn);
    if (found.length !== 1) {
      throw new Error(`${path}: ${found.length} task definitions of ${[...resources.keys()].join(', ')}`);
    }
    return found[0];
  }

  private resourcesOf(stackName: string): Promise<Map<string, string>> {
    const known = this.stacks.get(stackName) ?? this.read(stackName);
    this.stacks.set(stackName, known);
    return known;
  }

  private async read(StackName: string): Promise<Map<string, string>> {
    const client = new CloudFormationClient(this.cloud().client());
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    const ofType = (type: string) => StackResources.filter(({ ResourceType }) => ResourceType === type);
    const nested = await Promise.all(ofType('AWS::CloudFormation::Stack').map(({ PhysicalResourceId }) => this.read(PhysicalResourceId!)));
    const own = ofType('AWS::ECS::TaskDefinition').map(({ LogicalResourceId, PhysicalResourceId }) => [LogicalResourceId!, PhysicalResourceId!] as const);
    return new Map([...own, ...nested.flatMap((resources) => [...resources])]);
  }
}
