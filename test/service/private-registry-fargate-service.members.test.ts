import { Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as cloudmap from 'aws-cdk-lib/aws-servicediscovery';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { PrivateRegistryFargateService, PrivateRegistryFargateServiceProps } from '../../src';
import { containersOf, IMAGE, newStack, resourcesOf, SECRET_ARN } from '../support/synth';
import { CREDENTIALS, ecsRole } from '../support/tasks';

type Props = Partial<PrivateRegistryFargateServiceProps>;

function define(props: Props | ((stack: Stack) => Props) = {}): { stack: Stack; service: PrivateRegistryFargateService } {
  const stack = newStack();
  const own = typeof props === 'function' ? props(stack) : props;
  return { stack, service: new PrivateRegistryFargateService(stack, 'Api', { image: IMAGE, credentials: CREDENTIALS, ...own }) };
}

/** Asserts that a resource of the type has the properties. */
function expectProperties(stack: Stack, type: string, properties: object): void {
  Template.fromStack(stack).hasResourceProperties(type, Match.objectLike(properties));
}

describe('members', () => {
  test('are those of the pattern', () => {
    const { service } = define();
    const { pattern } = service;

    expect(pattern).toBeInstanceOf(patterns.ApplicationLoadBalancedFargateService);
    expect(service.service).toBe(pattern.service);
    expect(service.taskDefinition).toBe(pattern.taskDefinition);
    expect(service.loadBalancer).toBe(pattern.loadBalancer);
    expect(service.listener).toBe(pattern.listener);
    expect(service.targetGroup).toBe(pattern.targetGroup);
    expect(service.cluster).toBe(pattern.cluster);
    expect(service.executionRole).toBe(service.taskDefinition.executionRole);
    expect(service.secret.secretArn).toBe(SECRET_ARN);
  });

  test('an imported load balancer is exposed too', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const loadBalancer = elbv2.ApplicationLoadBalancer.fromApplicationLoadBalancerAttributes(stack, 'Imported', {
      loadBalancerArn: 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/shared/0123456789abcdef',
      securityGroupId: 'sg-12345678',
      loadBalancerDnsName: 'shared.example.com',
      vpc,
    });
    const service = new PrivateRegistryFargateService(stack, 'Api', { vpc, image: IMAGE, credentials: CREDENTIALS, loadBalancer });

    expect(service.loadBalancer).toBe(loadBalancer);
    expect(() => service.pattern.loadBalancer).toThrow();
    expect(resourcesOf(stack, 'AWS::ElasticLoadBalancingV2::LoadBalancer')).toEqual([]);
    expectProperties(stack, 'AWS::ElasticLoadBalancingV2::Listener', { LoadBalancerArn: loadBalancer.loadBalancerArn });
  });

  test('the connections are those of the tasks', () => {
    const { stack, service } = define();
    service.connections.allowFrom(ec2.Peer.ipv4('10.1.0.0/16'), ec2.Port.tcp(8081), 'metrics');

    expectProperties(stack, 'AWS::EC2::SecurityGroup', {
      GroupDescription: 'Stack/Api/Service/SecurityGroup',
      SecurityGroupIngress: [{ CidrIp: '10.1.0.0/16', FromPort: 8081, ToPort: 8081, IpProtocol: 'tcp', Description: 'metrics' }],
    });
  });

  test('what is granted to the service is granted to its containers', () => {
    const { stack, service } = define();
    new sqs.Queue(stack, 'Queue').grantSendMessages(service);

    expect(service.grantPrincipal).toBe(service.taskDefinition.taskRole);
    const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy')).filter(([, policy]) => JSON.stringify(policy).includes('sqs:SendMessage'));
    expect(policies.map(([id]) => id)).toEqual([expect.stringMatching(/^ApiTaskDefTaskRoleDefaultPolicy/)]);
  });
});

describe('a property of the pattern is handed through', () => {
  test.each<[string, Props | ((stack: Stack) => Props), string, object]>([
    ['family', { family: 'api' }, 'AWS::ECS::TaskDefinition', { Family: 'api' }],
    ['cpu', { cpu: 1024, memoryLimitMiB: 2048 }, 'AWS::ECS::TaskDefinition', { Cpu: '1024', Memory: '2048' }],
    ['ephemeralStorageGiB', { ephemeralStorageGiB: 50 }, 'AWS::ECS::TaskDefinition', { EphemeralStorage: { SizeInGiB: 50 } }],
    ['runtimePlatform', { runtimePlatform: { cpuArchitecture: ecs.CpuArchitecture.ARM64 } }, 'AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
    }],
    ['taskRole', (stack) => ({ taskRole: ecsRole(stack, { roleName: 'task' }) }), 'AWS::IAM::Role', { RoleName: 'task' }],
    ['serviceName', { serviceName: 'api' }, 'AWS::ECS::Service', { ServiceName: 'api' }],
    ['platformVersion', { platformVersion: ecs.FargatePlatformVersion.VERSION1_4 }, 'AWS::ECS::Service', { PlatformVersion: '1.4.0' }],
    ['healthCheckGracePeriod', { healthCheckGracePeriod: Duration.minutes(2) }, 'AWS::ECS::Service', { HealthCheckGracePeriodSeconds: 120 }],
    ['enableExecuteCommand', { enableExecuteCommand: true }, 'AWS::ECS::Service', { EnableExecuteCommand: true }],
    ['enableECSManagedTags', { enableECSManagedTags: true }, 'AWS::ECS::Service', { EnableECSManagedTags: true }],
    ['propagateTags', { propagateTags: ecs.PropagatedTagSource.SERVICE }, 'AWS::ECS::Service', { PropagateTags: 'SERVICE' }],
    ['capacityProviderStrategies', (stack) => ({
      cluster: new ecs.Cluster(stack, 'Cluster', { enableFargateCapacityProviders: true }),
      capacityProviderStrategies: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    }), 'AWS::ECS::Service', { CapacityProviderStrategy: [{ CapacityProvider: 'FARGATE_SPOT', Weight: 1 }] }],
    ['maxHealthyPercent', { maxHealthyPercent: 150 }, 'AWS::ECS::Service', { DeploymentConfiguration: { MaximumPercent: 150 } }],
    ['cloudMapOptions', (stack) => {
      const vpc = new ec2.Vpc(stack, 'Vpc');
      const namespace = new cloudmap.PrivateDnsNamespace(stack, 'Namespace', { name: 'local', vpc });
      return { vpc, cloudMapOptions: { name: 'api', cloudMapNamespace: namespace } };
    }, 'AWS::ServiceDiscovery::Service', { Name: 'api' }],
    ['loadBalancerName', { loadBalancerName: 'api' }, 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Name: 'api' }],
    ['publicLoadBalancer', { publicLoadBalancer: false }, 'AWS::ElasticLoadBalancingV2::LoadBalancer', { Scheme: 'internal' }],
    ['idleTimeout', { idleTimeout: Duration.seconds(90) }, 'AWS::ElasticLoadBalancingV2::LoadBalancer', {
      LoadBalancerAttributes: Match.arrayWith([{ Key: 'idle_timeout.timeout_seconds', Value: '90' }]),
    }],
    ['listenerPort', { listenerPort: 8443 }, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 8443 }],
    ['openListener', { openListener: false }, 'AWS::EC2::SecurityGroup', { GroupDescription: Match.stringLikeRegexp('LB'), SecurityGroupIngress: Match.absent() }],
    ['targetProtocol', { targetProtocol: elbv2.ApplicationProtocol.HTTPS }, 'AWS::ElasticLoadBalancingV2::TargetGroup', { Protocol: 'HTTPS' }],
    ['protocolVersion', { protocolVersion: elbv2.ApplicationProtocolVersion.HTTP2 }, 'AWS::ElasticLoadBalancingV2::TargetGroup', { ProtocolVersion: 'HTTP2' }],
  ])('%s', (_, props, type, properties) => {
    expectProperties(define(props).stack, type, properties);
  });

  test('a domain with a certificate and a redirect', () => {
    const { stack } = define((scope) => ({
      domainName: 'api.example.com',
      domainZone: route53.HostedZone.fromHostedZoneAttributes(scope, 'Zone', { hostedZoneId: 'Z0123456789ABC', zoneName: 'example.com' }),
      certificate: acm.Certificate.fromCertificateArn(scope, 'Certificate', 'arn:aws:acm:eu-west-1:111122223333:certificate/00000000-1111-2222-3333-444444444444'),
      sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
      redirectHTTP: true,
    }));

    expectProperties(stack, 'AWS::Route53::RecordSet', { Name: 'api.example.com.' });
    expectProperties(stack, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 443, SslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS });
    expectProperties(stack, 'AWS::ElasticLoadBalancingV2::Listener', { Port: 80, DefaultActions: [Match.objectLike({ Type: 'redirect' })] });
  });

  test('security groups, and then none of its own', () => {
    const { stack } = define((scope) => {
      const vpc = new ec2.Vpc(scope, 'Vpc');
      return { vpc, securityGroups: [new ec2.SecurityGroup(scope, 'Own', { vpc, description: 'own' })] };
    });

    expectProperties(stack, 'AWS::ECS::Service', { NetworkConfiguration: { AwsvpcConfiguration: { SecurityGroups: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('^Own'), 'GroupId'] }] } } });
    expect(JSON.stringify(resourcesOf(stack, 'AWS::EC2::SecurityGroup'))).not.toContain('Stack/Api/Service/SecurityGroup');
  });
});

describe('an option of the container is handed through', () => {
  test.each<[string, Props | ((stack: Stack) => Props), object]>([
    ['containerName', { containerName: 'api' }, { Name: 'api' }],
    ['containerPort', { containerPort: 8080 }, { PortMappings: [{ ContainerPort: 8080, Protocol: 'tcp' }] }],
    ['environment', { environment: { STAGE: 'prod' } }, { Environment: [{ Name: 'STAGE', Value: 'prod' }] }],
    ['secrets', (stack) => ({
      secrets: { TOKEN: ecs.Secret.fromSecretsManager(secretsmanager.Secret.fromSecretCompleteArn(stack, 'Token', SECRET_ARN.replace('ghcr/pull', 'token'))) },
    }), { Secrets: [{ Name: 'TOKEN', ValueFrom: SECRET_ARN.replace('ghcr/pull', 'token') }] }],
    ['command', { command: ['serve'], entryPoint: ['/app'] }, { Command: ['serve'], EntryPoint: ['/app'] }],
    ['dockerLabels', { dockerLabels: { team: 'api' } }, { DockerLabels: { team: 'api' } }],
    ['healthCheck', { healthCheck: { command: ['CMD', '/health'] } }, { HealthCheck: expect.objectContaining({ Command: ['CMD', '/health'] }) }],
    ['containerCpu', { containerCpu: 128, containerMemoryLimitMiB: 256 }, { Cpu: 128, Memory: 256 }],
    ['readonlyRootFilesystem', { containerOptions: { readonlyRootFilesystem: true } }, { ReadonlyRootFilesystem: true }],
    ['user', { containerOptions: { user: '1000:1000' } }, { User: '1000:1000' }],
    ['stopTimeout', { containerOptions: { stopTimeout: Duration.seconds(90), startTimeout: Duration.seconds(30) } }, { StopTimeout: 90, StartTimeout: 30 }],
    ['workingDirectory', { containerOptions: { workingDirectory: '/srv' } }, { WorkingDirectory: '/srv' }],
    ['ulimits', { containerOptions: { ulimits: [{ name: ecs.UlimitName.NOFILE, softLimit: 1024, hardLimit: 4096 }] } }, {
      Ulimits: [{ Name: 'nofile', SoftLimit: 1024, HardLimit: 4096 }],
    }],
    ['memoryReservationMiB', { containerOptions: { memoryReservationMiB: 128 } }, { MemoryReservation: 128 }],
    ['versionConsistency', { containerOptions: { versionConsistency: ecs.VersionConsistency.DISABLED } }, { VersionConsistency: 'disabled' }],
    ['interactive, pseudoTerminal', { containerOptions: { interactive: true, pseudoTerminal: true } }, { Interactive: true, PseudoTerminal: true }],
    ['linuxParameters', (stack) => ({ containerOptions: { linuxParameters: new ecs.LinuxParameters(stack, 'Linux', { initProcessEnabled: true, sharedMemorySize: 64 }) } }), {
      LinuxParameters: expect.objectContaining({ InitProcessEnabled: true }),
    }],
    ['enableRestartPolicy', { containerOptions: { enableRestartPolicy: true, restartAttemptPeriod: Duration.minutes(2), restartIgnoredExitCodes: [0] } }, {
      RestartPolicy: { Enabled: true, RestartAttemptPeriod: 120, IgnoredExitCodes: [0] },
    }],
    ['environmentFiles', (stack) => ({ containerOptions: { environmentFiles: [ecs.EnvironmentFile.fromBucket(s3.Bucket.fromBucketName(stack, 'Bucket', 'config'), 'a.env')] } }), {
      EnvironmentFiles: [{ Type: 's3', Value: expect.anything() }],
    }],
    ['systemControls', {
      containerOptions: { systemControls: [{ namespace: 'net.core.somaxconn', value: '1024' }] },
    }, { SystemControls: [{ Namespace: 'net.core.somaxconn', Value: '1024' }] }],
    ['portMappings, after the port of the load balancer', { containerOptions: { portMappings: [{ containerPort: 9090, name: 'metrics' }] } }, {
      PortMappings: [expect.objectContaining({ ContainerPort: 80 }), expect.objectContaining({ ContainerPort: 9090, Name: 'metrics' })],
    }],
  ])('%s', (_, props, container) => {
    expect(containersOf(define(props).stack)).toEqual([expect.objectContaining(container)]);
  });

  test('the load balancer sends requests to the first port', () => {
    const { stack } = define({ containerPort: 8080, containerOptions: { portMappings: [{ containerPort: 9090 }] } });

    expectProperties(stack, 'AWS::ECS::Service', { LoadBalancers: [Match.objectLike({ ContainerName: 'web', ContainerPort: 8080 })] });
  });

  test('more containers and volumes, through the task definition', () => {
    const { stack, service } = define();
    service.taskDefinition.addContainer('sidecar', { image: ecs.ContainerImage.fromRegistry('public.ecr.aws/xray/xray:1') });
    service.taskDefinition.addVolume({ name: 'data' });

    expect(containersOf(stack)).toHaveLength(2);
    expect(resourcesOf(stack, 'AWS::ECS::TaskDefinition')[0].Properties.Volumes).toEqual([{ Name: 'data' }]);
  });
});
