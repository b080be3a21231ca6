import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fault in a template that cfn-lint has to find, and the rules that it breaks. */
interface Fault {
  readonly fault: string;
  readonly rules: string[];
  readonly plant: (resources: ResourcesOfType) => void;
}

type ResourcesOfType = (type: string) => any;

const FAULTS: Fault[] = [
  {
    fault: 'a property that does not exist',
    rules: ['E3002'],
    plant: (find) => {
      find('AWS::ECS::Service').Properties.CircuitBreaker = true;
    },
  },
  {
    fault: 'a value of the wrong type',
    rules: ['E3012'],
    plant: (find) => {
      find('AWS::Lambda::Function').Properties.Timeout = 'soon';
    },
  },
  {
    fault: 'a runtime that does not exist',
    rules: ['E3030'],
    plant: (find) => {
      find('AWS::Lambda::Function').Properties.Runtime = 'nodejs99.x';
    },
  },
  {
    fault: 'an attribute that does not exist',
    rules: ['E1010'],
    plant: (find) => {
      find('AWS::ECS::TaskDefinition').Properties.ExecutionRoleArn = { 'Fn::GetAtt': ['Nobody', 'Arn'] };
    },
  },
  {
    fault: 'a CPU size that Fargate does not have',
    rules: ['E3047', 'E3048'],
    plant: (find) => {
      find('AWS::ECS::TaskDefinition').Properties.Cpu = '300';
    },
  },
  {
    fault: 'a policy without an effect',
    rules: ['E3510'],
    plant: (find) => {
      delete find('AWS::IAM::Policy').Properties.PolicyDocument.Statement[0].Effect;
    },
  },
  {
    fault: 'a dependency on nothing',
    rules: ['E3005'],
    plant: (find) => {
      find('AWS::ECS::TaskDefinition').DependsOn = ['Nobody'];
    },
  },
];

/** Writes a copy of the template for each fault, and returns what has to be found in which. */
export function plantLintFaults(template: string, directory: string): Array<Omit<Fault, 'plant'> & { template: string }> {
  mkdirSync(directory, { recursive: true });
  return FAULTS.map(({ plant, ...fault }, index) => {
    const copy = JSON.parse(readFileSync(template, 'utf8'));
    plant((type) => Object.values<any>(copy.Resources).find(({ Type }) => Type === type));
    const name = `${index}.template.json`;
    writeFileSync(join(directory, name), JSON.stringify(copy));
    return { ...fault, template: name };
  });
}

/** The end of an example that gives a role more than it needs. */
export const WEAKENED = `
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
(stack.node.findChild('Api') as PrivateRegistryFargateService).executionRole.addToPrincipalPolicy(new PolicyStatement({
  actions: ['s3:*'], resources: ['*'],
}));`;
