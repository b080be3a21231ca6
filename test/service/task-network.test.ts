import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistry, PrivateRegistryFargateService, PrivateRegistryFargateServiceProps, RegistryProvider } from '../../src';
import { expectSilence, expectWarning } from '../support/errors';
import { FLAG_SETS, IMAGE, newStack, resourcesOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, newVpc } from '../support/tasks';

const ISOLATED = ec2.SubnetType.PRIVATE_ISOLATED;
const PRIVATE = ec2.SubnetType.PRIVATE_WITH_EGRESS;
const PUBLIC = ec2.SubnetType.PUBLIC;

type Props = Partial<PrivateRegistryFargateServiceProps>;

function define(subnets: ec2.SubnetType[], props: Props | ((stack: Stack) => Props) = {}, flags: Record<string, unknown> = {}): Stack {
  const stack = newStack(flags);
  const vpc = newVpc(stack, ...subnets);
  new PrivateRegistryFargateService(stack, 'Api', {
    vpc, image: IMAGE, credentials: CREDENTIALS, ...(typeof props === 'function' ? props(stack) : props),
  });
  return stack;
}

function networkOf(stack: Stack): any {
  return resourcesOf(stack, 'AWS::ECS::Service')[0].Properties.NetworkConfiguration?.AwsvpcConfiguration;
}

/** The kinds of subnets that the tasks are in, by their ids. */
function placeOf(stack: Stack): string {
  const kinds = networkOf(stack).Subnets.map(({ Ref }: any) => /^Vpc(Public|Private|Isolated|Deprecated)/i.exec(Ref)?.[1].toLowerCase());
  return [...new Set(kinds)].join();
}

function routesThatTheServiceWaitsFor(stack: Stack): string[] {
  const routes = Object.keys(Template.fromStack(stack).findResources('AWS::EC2::Route'));
  return resourcesOf(stack, 'AWS::ECS::Service')[0].DependsOn.filter((id: string) => routes.includes(id));
}

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  test.each<[string, ec2.SubnetType[], Props, string, string, string[]]>([
    ['private subnets', [PUBLIC, PRIVATE], {}, 'private', 'DISABLED', []],
    ['public subnets only', [PUBLIC], {}, 'public', 'ENABLED', []],
    ['public subnets that the user chooses', [PUBLIC, PRIVATE], { taskSubnets: { subnetType: PUBLIC } }, 'public', 'ENABLED', []],
    ['a public IP that the user wants', [PUBLIC, PRIVATE], { assignPublicIp: true }, 'public', 'ENABLED', []],
    ['private subnets and a public IP', [PUBLIC, PRIVATE], { assignPublicIp: true, taskSubnets: { subnetType: PRIVATE } }, 'private', 'ENABLED', []],
    ['no public IP, in private subnets', [PUBLIC, PRIVATE], { assignPublicIp: false }, 'private', 'DISABLED', []],
    ['no public IP, in public subnets', [PUBLIC], { assignPublicIp: false }, 'public', 'DISABLED', ['publicSubnetsWithoutPublicIp']],
    ['isolated subnets', [PUBLIC, ISOLATED], {}, 'isolated', 'DISABLED', ['isolatedSubnets']],
    ['isolated subnets that the user chooses', [PUBLIC, PRIVATE, ISOLATED], { taskSubnets: { subnetType: ISOLATED } }, 'isolated', 'DISABLED', ['isolatedSubnets']],
    ['isolated subnets only', [ISOLATED], { publicLoadBalancer: false }, 'isolated', 'DISABLED', ['isolatedSubnets']],
  ])('%s', (_name, subnets, props, place, assignPublicIp, warnings) => {
    const stack = define(subnets, props, flags);

    expect(placeOf(stack)).toBe(place);
    expect(networkOf(stack).AssignPublicIp).toBe(assignPublicIp);
    expect(warningIdsOf(stack)).toEqual(warnings);
  });

  test.each<[string, (service: ecs.CfnService) => void]>([
    ['a property', (service) => {
      service.networkConfiguration = { awsvpcConfiguration: { assignPublicIp: 'DISABLED', subnets: ['subnet-0123456789abcdef0'] } };
    }],
    ['an override', (service) => service.addPropertyOverride('NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp', 'DISABLED')],
  ])('a public IP that is disabled later, by %s, stays so', (_how, change) => {
    const stack = define([PUBLIC], {}, flags);
    change((stack.node.findChild('Api') as PrivateRegistryFargateService).service.node.defaultChild as ecs.CfnService);

    expect(networkOf(stack).AssignPublicIp).toBe('DISABLED');
  });

  test('the service waits for the routes of its subnets, and for no others', () => {
    expect(routesThatTheServiceWaitsFor(define([PUBLIC, PRIVATE], {}, flags))).toEqual([
      expect.stringMatching(/^Vpc\w+Subnet1DefaultRoute/), expect.stringMatching(/^Vpc\w+Subnet2DefaultRoute/),
    ]);
    expect(routesThatTheServiceWaitsFor(define([PUBLIC], {}, flags))).toEqual([
      expect.stringMatching(/^VpcPublicSubnet1DefaultRoute/), expect.stringMatching(/^VpcPublicSubnet2DefaultRoute/),
    ]);
  });
});

describe('the warnings', () => {
  test('about isolated subnets name them, the registry and the ways out', () => {
    expectWarning(define([PUBLIC, ISOLATED]), 'isolatedSubnets',
      '(Stack/Vpc/IsolatedSubnet1, Stack/Vpc/IsolatedSubnet2)', 'no route to ghcr.io', 'set assignPublicIp: true', 'privateNetwork: true');
    expectWarning(define([PUBLIC, PRIVATE, ISOLATED], { taskSubnets: { subnetType: ISOLATED } }), 'isolatedSubnets', 'choose private subnets with taskSubnets');
  });

  test('about public subnets name them, the registry and the ways out', () => {
    expectWarning(define([PUBLIC], { assignPublicIp: false }), 'publicSubnetsWithoutPublicIp',
      '(Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2)', 'cannot reach ghcr.io', 'remove assignPublicIp: false');
    expectWarning(define([PUBLIC, PRIVATE], { assignPublicIp: false, taskSubnets: { subnetType: PUBLIC } }), 'publicSubnetsWithoutPublicIp', 'or choose private subnets with taskSubnets');
  });

  test('name only the subnets that have no route', () => {
    const stack = define([PUBLIC, PRIVATE, ISOLATED], (scope) => {
      const vpc = scope.node.findChild('Vpc') as ec2.Vpc;
      return { taskSubnets: { subnets: [vpc.privateSubnets[0], vpc.isolatedSubnets[0]] } };
    });

    expect(expectWarning(stack, 'isolatedSubnets', '(Stack/Vpc/IsolatedSubnet1)')).not.toContain('PrivateSubnet');
  });
});

describe('a registry inside the network is silent', () => {
  const provider = RegistryProvider.harbor('harbor.corp.example.com', { privateNetwork: true });
  const image = 'harbor.corp.example.com/acme/api:1';

  test.each<[string, ec2.SubnetType[], Props]>([
    ['isolated subnets', [PUBLIC, ISOLATED], {}],
    ['public subnets without a public IP', [PUBLIC], { assignPublicIp: false }],
  ])('in %s', (_, subnets, props) => {
    expectSilence(define(subnets, { image, provider, ...props }));
  });

  test('as a shared registry', () => {
    expectSilence(define([PUBLIC, ISOLATED], (stack) => ({
      image, credentials: undefined, registry: new PrivateRegistry(stack, 'Harbor', { provider, credentials: CREDENTIALS }),
    })));
  });
});

describe('what cannot be known is left alone', () => {
  test('a look-up that is still pending', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true });
    const service = new PrivateRegistryFargateService(stack, 'Api', { vpc, image: IMAGE, credentials: CREDENTIALS });
    const resource = service.service.node.defaultChild as ecs.CfnService;

    expect(warningIdsOf(stack)).toEqual([]);
    expect(stack.resolve(resource.networkConfiguration).awsvpcConfiguration.assignPublicIp).toBe('DISABLED');
  });

  test('an external deployment, whose task sets have the network', () => {
    const stack = define([PUBLIC], { deploymentController: { type: ecs.DeploymentControllerType.EXTERNAL } });

    expect(networkOf(stack)).toBeUndefined();
    expectSilence(stack);
  });

  test('imported subnets', () => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      publicSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
      privateSubnetIds: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'],
    });
    new PrivateRegistryFargateService(stack, 'Api', { vpc, image: IMAGE, credentials: CREDENTIALS });

    expect(networkOf(stack)).toMatchObject({ AssignPublicIp: 'DISABLED', Subnets: ['subnet-0123456789abcdef2', 'subnet-0123456789abcdef3'] });
    expectSilence(stack);
  });
});

test('the network of a given cluster', () => {
  const stack = newStack();
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc: newVpc(stack, PUBLIC) });
  const service = new PrivateRegistryFargateService(stack, 'Api', { cluster, image: IMAGE, credentials: CREDENTIALS });

  expect(service.cluster).toBe(cluster);
  expect(networkOf(stack).AssignPublicIp).toBe('ENABLED');
  expectSilence(stack);
});
