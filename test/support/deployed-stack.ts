import { createHash } from 'node:crypto';

/** A template, and where it is deployed. */
export interface DeployedStack {
  readonly template: any;
  readonly stackName: string;
  readonly account: string;
  readonly region: string;
}

/** What `Ref` of a resource is, in the form that AWS gives it. */
type PhysicalId = (stack: DeployedStack, logicalId: string, properties: any) => string;

interface ResourceType {
  readonly physicalId: PhysicalId;
  readonly attributes: (stack: DeployedStack, physicalId: string, properties: any) => Record<string, string>;
}

/** The types that policies refer to. */
const TYPES: Record<string, ResourceType> = {
  'AWS::IAM::Role': {
    physicalId: (stack, id, { RoleName }) => RoleName ?? `${stack.stackName.slice(0, 24)}-${id.slice(0, 24)}-${hash(12, stack.stackName, id).toUpperCase()}`,
    attributes: (stack, name, { Path = '/' }) => ({ Arn: `arn:${partitionOf(stack)}:iam::${stack.account}:role${Path}${name}` }),
  },
  'AWS::KMS::Key': {
    physicalId: (stack, id, { MultiRegion }) => (MultiRegion ? `mrk-${hash(32, stack.stackName, id)}` : uuid(stack.stackName, id)),
    attributes: (stack, keyId) => ({ Arn: arn(stack, 'kms', `key/${keyId}`), KeyId: keyId }),
  },
  'AWS::KMS::Alias': {
    physicalId: (_stack, _id, { AliasName }) => AliasName,
    attributes: () => ({}),
  },
  'AWS::SecretsManager::Secret': {
    physicalId: (stack, id, { Name = `${id}-${hash(12, stack.stackName, id)}` }) => arn(stack, 'secretsmanager', `secret:${Name}-a1B2c3`),
    attributes: (_stack, secretArn) => ({ Id: secretArn }),
  },
  'AWS::Logs::LogGroup': {
    physicalId: (stack, id, { LogGroupName = `${stack.stackName}-${id}` }) => LogGroupName,
    attributes: (stack, name) => ({ Arn: arn(stack, 'logs', `log-group:${name}:*`) }),
  },
  'AWS::ECS::TaskDefinition': {
    physicalId: (stack, id, { Family = `${stack.stackName}-${id}-${hash(12, stack.stackName, id)}` }) => arn(stack, 'ecs', `task-definition/${Family}:7`),
    attributes: (_stack, taskDefinitionArn) => ({ TaskDefinitionArn: taskDefinitionArn }),
  },
  'AWS::Lambda::Function': {
    physicalId: (stack, id, { FunctionName = `${stack.stackName}-${id}` }) => FunctionName,
    attributes: (stack, name) => ({ Arn: arn(stack, 'lambda', `function:${name}`) }),
  },
  'Custom::PrivateRegistryPullCheck': {
    physicalId: (_stack, id) => id,
    // The check finds the complete ARN of a secret that is known by its name.
    attributes: (stack, _id, { Secret, Image }) => ({
      CredentialsParameter: Secret.startsWith('arn:') ? Secret : arn(stack, 'secretsmanager', `secret:${Secret}-a1B2c3`), Image,
    }),
  },
};

/** Reads the templates of stacks that are deployed together, with values in place of intrinsic functions. */
export class DeployedStacks {
  constructor(private readonly stacks: DeployedStack[]) {}

  /** The resources of a type, in all stacks. */
  public resources(type: string): DeployedResource[] {
    return this.stacks.flatMap((stack) => Object.entries<any>(stack.template.Resources ?? {})
      .filter(([, { Type }]) => Type === type)
      .map(([logicalId, { Properties }]) => ({
        stack,
        logicalId,
        physicalId: this.ref(stack, logicalId),
        attribute: (name) => this.attribute(stack, logicalId, name),
        properties: this.value(stack, Properties ?? {}),
      })));
  }

  /** What something of a stack is when it is deployed. */
  public valueIn(stackName: string, value: unknown): any {
    const stack = this.stacks.find((one) => one.stackName === stackName);
    if (stack === undefined) {
      throw new Error(`there is no stack ${stackName}`);
    }
    return this.value(stack, value);
  }

  private value(stack: DeployedStack, value: any): any {
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    if (Array.isArray(value)) {
      return value.map((element) => this.value(stack, element)).filter((element) => element !== undefined);
    }
    const [[key, argument] = ['', undefined], ...others] = Object.entries<any>(value);
    if (others.length === 0 && (key === 'Ref' || key.startsWith('Fn::'))) {
      return this.intrinsic(stack, key, argument);
    }
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, this.value(stack, one)]));
  }

  private intrinsic(stack: DeployedStack, name: string, argument: any): any {
    switch (name) {
      case 'Ref': return this.ref(stack, argument);
      case 'Fn::GetAtt': return this.attribute(stack, ...([argument].flat().join('.').split(/\.(.*)/, 2) as [string, string]));
      case 'Fn::Join': return this.value(stack, argument[1]).join(argument[0]);
      case 'Fn::Split': return String(this.value(stack, argument[1])).split(argument[0]);
      case 'Fn::Select': return this.value(stack, argument[1])[this.value(stack, argument[0])];
      case 'Fn::Sub': return this.substitute(stack, argument);
      case 'Fn::ImportValue': return this.output(({ Export }) => Export?.Name === this.value(stack, argument), argument);
      case 'Fn::GetStackOutput': return this.output((_output, id, { stackName }) => (
        id === argument.OutputName && stackName === this.value(stack, argument.StackName)
      ), argument);
      default: throw new Error(`${name} is not evaluated: ${JSON.stringify(argument)}`);
    }
  }

  private ref(stack: DeployedStack, id: string): any {
    const pseudo: Record<string, string> = {
      'AWS::AccountId': stack.account,
      'AWS::Region': stack.region,
      'AWS::Partition': partitionOf(stack),
      'AWS::URLSuffix': urlSuffixOf(stack),
      'AWS::StackName': stack.stackName,
      'AWS::StackId': arn(stack, 'cloudformation', `stack/${stack.stackName}/${uuid(stack.stackName)}`),
    };
    if (id === 'AWS::NoValue') {
      return undefined;
    }
    if (pseudo[id] !== undefined) {
      return pseudo[id];
    }
    const parameter = stack.template.Parameters?.[id];
    if (parameter !== undefined) {
      return parameter.Default ?? `${id}-value`;
    }
    const { Type, Properties = {} } = resourceIn(stack, id);
    return TYPES[Type]?.physicalId(stack, id, this.value(stack, Properties)) ?? `${stack.stackName}-${id}`;
  }

  private attribute(stack: DeployedStack, id: string, name: string): string {
    const { Type, Properties = {} } = resourceIn(stack, id);
    // Of other types nothing is in a policy.
    return TYPES[Type]?.attributes(stack, this.ref(stack, id), this.value(stack, Properties))[name] ?? `${stack.stackName}-${id}.${name}`;
  }

  private substitute(stack: DeployedStack, argument: string | [string, Record<string, any>]): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {} as Record<string, any>];
    return text.replace(/\$\{([^!}][^}]*)\}/g, (_match, name: string) => {
      if (name in variables) {
        return this.value(stack, variables[name]);
      }
      return name.includes('.') ? this.intrinsic(stack, 'Fn::GetAtt', name) : this.ref(stack, name);
    });
  }

  private output(isWanted: (output: any, id: string, stack: DeployedStack) => boolean, argument: unknown): any {
    for (const stack of this.stacks) {
      const found = Object.entries<any>(stack.template.Outputs ?? {}).find(([id, output]) => isWanted(output, id, stack));
      if (found !== undefined) {
        return this.value(stack, found[1].Value);
      }
    }
    throw new Error(`no stack has the output ${JSON.stringify(argument)}`);
  }
}

export interface DeployedResource {
  readonly stack: DeployedStack;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly attribute: (name: string) => string;
  readonly properties: any;
}

function resourceIn(stack: DeployedStack, id: string): any {
  const resource = stack.template.Resources?.[id];
  if (resource === undefined) {
    throw new Error(`the stack ${stack.stackName} has no ${id}`);
  }
  return resource;
}

function arn(stack: DeployedStack, service: string, resource: string): string {
  return `arn:${partitionOf(stack)}:${service}:${stack.region}:${stack.account}:${resource}`;
}

function partitionOf({ region }: DeployedStack): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function urlSuffixOf(stack: DeployedStack): string {
  return `amazonaws.com${partitionOf(stack) === 'aws-cn' ? '.cn' : ''}`;
}

function uuid(...of: string[]): string {
  return hash(32, ...of).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

function hash(length: number, ...of: string[]): string {
  return createHash('sha256').update(of.join('\n')).digest('hex').slice(0, length);
}
