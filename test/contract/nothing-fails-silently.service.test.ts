import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import { row } from './silent-failures';
import { PrivateRegistryFargateService, PrivateRegistryFargateServiceProps, RegistryProvider } from '../../src';
import { expectSilence, expectSynthError, expectWarning } from '../support/errors';
import { ENV, FLAG_SETS, IMAGE, newApp, newStack, resourcesOf, warningIdsOf, warningsOf } from '../support/synth';
import { CREDENTIALS, newVpc, rawImage, rawSecret } from '../support/tasks';

const { ISOLATED, PRIVATE, PUBLIC } = {
  ISOLATED: ec2.SubnetType.PRIVATE_ISOLATED, PRIVATE: ec2.SubnetType.PRIVATE_WITH_EGRESS, PUBLIC: ec2.SubnetType.PUBLIC,
};

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  function rawService(subnets: ec2.SubnetType[], props: patterns.ApplicationLoadBalancedFargateServiceProps = {}): Stack {
    const stack = newStack(flags);
    new patterns.ApplicationLoadBalancedFargateService(stack, 'Api', {
      vpc: newVpc(stack, ...subnets), taskImageOptions: { image: rawImage(rawSecret(stack)) }, ...props,
    });
    return stack;
  }

  function ourService(subnets: ec2.SubnetType[], props: Partial<PrivateRegistryFargateServiceProps> = {}): Stack {
    const stack = newStack(flags);
    new PrivateRegistryFargateService(stack, 'Api', { vpc: newVpc(stack, ...subnets), image: IMAGE, credentials: CREDENTIALS, ...props });
    return stack;
  }

  function serviceOf(stack: Stack): any {
    return resourcesOf(stack, 'AWS::ECS::Service')[0];
  }

  function networkOf(stack: Stack): any {
    return serviceOf(stack).Properties.NetworkConfiguration.AwsvpcConfiguration;
  }

  function subnetsOf(stack: Stack, type: string): unknown[] {
    return Object.keys(Template.fromStack(stack).findResources('AWS::EC2::Subnet'))
      .filter((id) => id.includes(type)).map((id) => ({ Ref: id }));
  }

  /** The warnings of the service which are not about deployments. */
  function networkWarningsOf(stack: Stack): string[] {
    return warningsOf(stack).filter((text) => !/minHealthyPercent|CircuitBreaker/.test(text));
  }

  describe(row('noRouteToTheRegistry'), () => {
    test('a public IP in a network with public subnets only, where the tasks of aws-cdk-lib have none', () => {
      const raw = rawService([PUBLIC]);
      expect(networkOf(raw)).toMatchObject({ AssignPublicIp: 'DISABLED', Subnets: subnetsOf(raw, 'Public') });
      expect(networkWarningsOf(raw)).toEqual([]);

      const stack = ourService([PUBLIC]);
      expect(networkOf(stack)).toMatchObject({ AssignPublicIp: 'ENABLED', Subnets: subnetsOf(stack, 'Public') });
      expectSilence(stack);
    });

    test('a public subnet without a public IP is warned about, where aws-cdk-lib accepts it', () => {
      expect(networkWarningsOf(rawService([PUBLIC], { assignPublicIp: false }))).toEqual([]);

      const stack = ourService([PUBLIC], { assignPublicIp: false });
      expect(networkOf(stack).AssignPublicIp).toBe('DISABLED');
      expectWarning(stack, 'publicSubnetsWithoutPublicIp', 'Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2', 'ghcr.io');
    });

    test('isolated subnets are warned about, where aws-cdk-lib chooses them', () => {
      const raw = rawService([PUBLIC, ISOLATED]);
      expect(networkOf(raw)).toMatchObject({ AssignPublicIp: 'DISABLED', Subnets: subnetsOf(raw, 'Isolated') });
      expect(networkWarningsOf(raw)).toEqual([]);

      const stack = ourService([PUBLIC, ISOLATED]);
      expect(networkOf(stack).Subnets).toEqual(subnetsOf(stack, 'Isolated'));
      expectWarning(stack, 'isolatedSubnets', 'Stack/Vpc/IsolatedSubnet1, Stack/Vpc/IsolatedSubnet2', 'ghcr.io', 'privateNetwork: true');
    });

    test.each<[string, ec2.SubnetType[], string, string]>([
      ['private subnets, if there are any', [PUBLIC, PRIVATE, ISOLATED], 'choose private subnets', 'assignPublicIp'],
      ['a public IP, if there are none', [PUBLIC, ISOLATED], 'set assignPublicIp: true', 'choose private subnets'],
      ['a NAT gateway, if there is nothing else', [ISOLATED], 'add a NAT gateway', 'assignPublicIp'],
    ])('the way out of isolated subnets is %s', (_name, subnets, advice, other) => {
      const stack = ourService(subnets, { taskSubnets: { subnetType: ISOLATED }, publicLoadBalancer: false });
      expect(expectWarning(stack, 'isolatedSubnets', advice)).not.toContain(other);
    });

    test.each<[string, ec2.SubnetType[], Partial<PrivateRegistryFargateServiceProps>]>([
      ['isolated subnets', [PUBLIC, ISOLATED], {}],
      ['public subnets without a public IP', [PUBLIC], { assignPublicIp: false }],
    ])('a registry inside the network is silent in %s', (_name, subnets, props) => {
      expectSilence(ourService(subnets, {
        image: 'registry.corp.example.com/api:1', provider: RegistryProvider.custom('registry.corp.example.com', { privateNetwork: true }), ...props,
      }));
    });

    test('a network that is still to be looked up is silent', () => {
      const stack = newStack(flags);
      new PrivateRegistryFargateService(stack, 'Api', {
        vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { isDefault: true }), image: IMAGE, credentials: CREDENTIALS,
      });
      // Not synthesized: newer versions validate what stands in for the ids until the look-up.
      expect(warningIdsOf(stack)).toEqual([]);
    });
  });

  describe(row('serviceBeforeRoutes'), () => {
    function routesOf(stack: Stack): string[] {
      return Object.keys(Template.fromStack(stack).findResources('AWS::EC2::Route')).filter((id) => id.includes('Private'));
    }

    test('the service waits for the routes, where that of aws-cdk-lib does not', () => {
      const raw = rawService([PUBLIC, PRIVATE]);
      expect(routesOf(raw)).toHaveLength(2);
      expect(serviceOf(raw).DependsOn.filter((id: string) => routesOf(raw).includes(id))).toEqual([]);

      const stack = ourService([PUBLIC, PRIVATE]);
      expect(serviceOf(stack).DependsOn).toEqual(expect.arrayContaining(routesOf(stack)));
      expectSilence(stack);
    });
  });

  describe(row('platformTooOld'), () => {
    test.each([ecs.FargatePlatformVersion.VERSION1_0, ecs.FargatePlatformVersion.VERSION1_1])('fails, where aws-cdk-lib accepts %s', (platformVersion) => {
      expect(serviceOf(rawService([PUBLIC, PRIVATE], { platformVersion })).Properties.PlatformVersion).toBe(platformVersion);

      expectSynthError(ourService([PUBLIC, PRIVATE], { platformVersion }), 'platformVersionTooOld', platformVersion, '1.2.0');
    });
  });

  describe(row('tasksBeforePolicy'), () => {
    test('the service waits for the task definition, and that for the policy, where the service of aws-cdk-lib waits for neither policy', () => {
      const raw = rawService([PUBLIC, PRIVATE]);
      expect(waitsForPolicy(raw)).toBe(false);
      expect(waitsForPolicy(ourService([PUBLIC, PRIVATE]))).toBe(true);
    });

    /** Whether the policy is among all that the service depends on, directly or not. */
    function waitsForPolicy(stack: Stack): boolean {
      const { Resources } = Template.fromStack(stack).toJSON();
      const seen = new Set<string>();
      const visit = (id: string): void => {
        if (seen.has(id)) {
          return;
        }
        seen.add(id);
        const text = JSON.stringify(Resources[id]);
        Object.keys(Resources).filter((other) => text.includes(`"${other}"`)).forEach(visit);
      };
      Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::ECS::Service').forEach(visit);
      return [...seen].some((id) => Resources[id].Type === 'AWS::IAM::Policy' && JSON.stringify(Resources[id]).includes('secretsmanager:GetSecretValue'));
    }
  });

  describe(row('circuitBreakerOff'), () => {
    test('on, where it is off in aws-cdk-lib', () => {
      const raw = rawService([PUBLIC, PRIVATE]);
      expect(serviceOf(raw).Properties.DeploymentConfiguration.DeploymentCircuitBreaker).toBeUndefined();

      const stack = ourService([PUBLIC, PRIVATE]);
      expect(serviceOf(stack).Properties.DeploymentConfiguration.DeploymentCircuitBreaker).toEqual({ Enable: true, Rollback: true });
      expect(warningsOf(stack)).toEqual([]);
    });
  });
});

test('the warnings name the service that they are about', () => {
  const app: App = newApp();
  const stack = new Stack(app, 'Stack', { env: ENV });
  const service = new PrivateRegistryFargateService(stack, 'Api', { vpc: newVpc(stack, PUBLIC, ISOLATED), image: IMAGE, credentials: CREDENTIALS });

  expect(service.node.metadata.map((entry) => String(entry.data))).toEqual([expect.stringContaining('isolatedSubnets')]);
});
