/**
 * Every class and every factory of the public API from TypeScript. The apps in the other languages do the same, and have to give the same templates and
 * the same errors.
 */
import { writeFileSync } from 'fs';
import { App, CfnOutput, Duration, RemovalPolicy, SecretValue, Stack, StackProps } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { DockerCredentialUsage } from 'aws-cdk-lib/pipelines';
import {
  ImageReference, PrivateRegistry, PrivateRegistryBuildImage, PrivateRegistryFargateService, PrivateRegistryFargateServiceProps,
  PrivateRegistryImage, PullCheckFunction, PullCheckMode, PullFailure, PullWatchdog, RegistryCredentials, RegistryProvider,
} from 'cdk-private-registry';
import { Construct } from 'constructs';

const ENV = { account: '111122223333', region: 'eu-west-1' };
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const FOREIGN_SECRET = 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:quay/pull-d4E5f6';
const FOREIGN_KEY = 'arn:aws:kms:eu-west-1:444455556666:key/11111111-2222-3333-4444-555555555555';

/** Every registry and what is known about it. */
class ProvidersStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const options = { authHost: 'auth.example.com', aliases: ['mirror.example.com'], privateNetwork: true };
    this.describe('DockerHub', RegistryProvider.DOCKER_HUB);
    this.describe('Ghcr', RegistryProvider.GHCR);
    this.describe('Gitlab', RegistryProvider.GITLAB);
    this.describe('Quay', RegistryProvider.QUAY);
    this.describe('RedHat', RegistryProvider.RED_HAT);
    this.describe('Nvidia', RegistryProvider.NVIDIA);
    this.describe('Chainguard', RegistryProvider.CHAINGUARD);
    this.describe('DockerHardenedImages', RegistryProvider.DOCKER_HARDENED_IMAGES);
    this.describe('GitlabDependencyProxy', RegistryProvider.GITLAB_DEPENDENCY_PROXY);
    this.describe('DigitalOcean', RegistryProvider.DIGITALOCEAN);
    this.describe('Ibm', RegistryProvider.IBM);
    this.describe('Cloudsmith', RegistryProvider.CLOUDSMITH);
    this.describe('SelfManagedGitlab', RegistryProvider.selfManagedGitlab('registry.example.com', { authHost: 'gitlab.example.com' }));
    this.describe('GithubEnterprise', RegistryProvider.githubEnterprise('acme.ghe.com'));
    this.describe('Azure', RegistryProvider.azure('acme'));
    this.describe('Google', RegistryProvider.googleArtifactRegistry('europe-west1'));
    this.describe('Jfrog', RegistryProvider.jfrog('acme.jfrog.io'));
    this.describe('Harbor', RegistryProvider.harbor('harbor.example.com', { privateNetwork: true }));
    this.describe('Nexus', RegistryProvider.nexus('nexus.example.com:8443'));
    this.describe('Alibaba', RegistryProvider.alibaba('eu-central-1'));
    this.describe('Oracle', RegistryProvider.oracle('fra'));
    this.describe('Gitea', RegistryProvider.gitea('git.example.com'));
    this.describe('Custom', RegistryProvider.custom('registry.example.com:5000', options));
    this.describe('ForImage', RegistryProvider.forImage('ghcr.io/acme/api:1.4.2'));

    const reference = ImageReference.parse('ghcr.io/acme/api:1.4.2');
    const pinned = reference.withDigest(`sha256:${'0'.repeat(64)}`);
    this.output('Reference', [reference.host, reference.repository, reference.tag, reference.digest, reference.toString()]);
    this.output('Pinned', [pinned.host, pinned.repository, pinned.tag, pinned.digest, pinned.toString()]);
  }

  private describe(id: string, provider: RegistryProvider): void {
    this.output(id, [
      provider.host, ...provider.aliases, provider.authHost, provider.usernameHint, provider.passwordHint,
      provider.privateNetwork, provider.servesHost('mirror.example.com'),
    ]);
  }

  private output(id: string, values: (string | boolean | undefined)[]): void {
    new CfnOutput(this, id, { value: values.map((value) => value ?? 'none').join(' | ') });
  }
}

/** Every way to credentials, each in a registry of its own. */
class CredentialsStack extends Stack {
  private readonly task: ecs.Ec2TaskDefinition;

  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    this.task = new ecs.Ec2TaskDefinition(this, 'Task', { networkMode: ecs.NetworkMode.AWS_VPC });
    const key = new kms.Key(this, 'Key');

    this.run('Arn', RegistryProvider.GHCR, RegistryCredentials.fromSecretCompleteArn(SECRET, { replicaRegions: ['eu-central-1'] }));
    this.run('Secret', RegistryProvider.GITLAB, RegistryCredentials.fromSecret(new secretsmanager.Secret(this, 'Owned')));
    this.run('Name', RegistryProvider.DOCKER_HUB, RegistryCredentials.fromSecretName('docker-hub-pull', { encryptionKey: key }));
    this.run('Value', RegistryProvider.NVIDIA, RegistryCredentials.fromSecretValue({
      username: '$oauthtoken',
      password: SecretValue.secretsManager('tokens', { jsonField: 'nvidia' }),
      secretName: 'nvidia-pull',
      description: 'made from another secret',
      encryptionKey: key,
      removalPolicy: RemovalPolicy.RETAIN,
    }));
    this.run('Parameters', RegistryProvider.RED_HAT, RegistryCredentials.fromParameters({ removalPolicy: RemovalPolicy.DESTROY }));
    this.run('DefaultParameters', RegistryProvider.CHAINGUARD, RegistryCredentials.fromParameters());
    new PrivateRegistry(this, 'Placeholder', {
      provider: RegistryProvider.azure('acme'),
      credentials: RegistryCredentials.placeholder({ secretName: 'azure-pull' }),
    });

    const foreign = this.run('Foreign', RegistryProvider.QUAY, RegistryCredentials.fromSecretCompleteArn(FOREIGN_SECRET, {
      encryptionKeyArn: FOREIGN_KEY,
    }));
    const puller = new iam.Role(this, 'Puller', { assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com') });
    const grant = foreign.grantPull(puller);
    foreign.dockerCredential([DockerCredentialUsage.SYNTH]).grantRead(puller, DockerCredentialUsage.SYNTH);
    this.build('Build', foreign.buildImage(codebuild.LinuxArmBuildImage.fromDockerRegistry('quay.io/acme/build:1.4.2')));
    this.build('OtherBuild', new PrivateRegistryBuildImage(codebuild.LinuxBuildImage.fromDockerRegistry('ghcr.io/acme/build:1.4.2'), {
      credentials: RegistryCredentials.fromSecretCompleteArn(SECRET),
    }));
    const policies = foreign.ownerPolicies();
    new CfnOutput(this, 'Granted', { value: `${grant.success} ${foreign.secret.secretArn}` });
    new CfnOutput(this, 'SecretPolicy', { value: this.toJsonString(policies.secretPolicy) });
    new CfnOutput(this, 'KeyPolicy', { value: this.toJsonString(policies.keyPolicy) });
  }

  private build(id: string, buildImage: codebuild.IBuildImage): void {
    const buildSpec = codebuild.BuildSpec.fromSourceFilename('buildspec.yml');
    const source = codebuild.Source.gitHub({ owner: 'acme', repo: 'api' });
    new codebuild.Project(this, id, { buildSpec, source, environment: { buildImage } });
  }

  private run(id: string, provider: RegistryProvider, credentials: RegistryCredentials): PrivateRegistry {
    const registry = new PrivateRegistry(this, id, { provider, credentials });
    this.task.addContainer(`${id}Container`, {
      image: registry.image(`${registry.host}/acme/api:1.4.2`),
      memoryLimitMiB: 128,
    });
    return registry;
  }
}

/** A service as a company would make it from ours. */
class AcmeService extends PrivateRegistryFargateService {
  constructor(scope: Construct, id: string, props: PrivateRegistryFargateServiceProps) {
    super(scope, id, {
      ...props,
      containerPort: 8080,
      containerOptions: { readonlyRootFilesystem: true, stopTimeout: Duration.seconds(90) },
      logRetention: logs.RetentionDays.ONE_YEAR,
    });
  }
}

/** The image in every kind of task definition, and options of the check. */
class ServicesStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    const vpc = new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 });
    const cluster = new ecs.Cluster(this, 'Cluster', { vpc });
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
    const checkFunction = new PullCheckFunction(this, 'Check', { logRetention: logs.RetentionDays.ONE_WEEK });
    const registry = new PrivateRegistry(this, 'Registry', {
      provider: RegistryProvider.GHCR,
      credentials,
      pullCheck: { checkFunction, trigger: 'build 7' },
      pinDigest: true,
    });

    const api = new AcmeService(this, 'Api', {
      cluster,
      registry,
      image: 'ghcr.io/acme/api:1.4.2',
      environment: { STAGE: 'production' },
      pullCheck: { trigger: 'build 8' },
    });
    api.taskDefinition.addContainer('agent', {
      image: registry.image('ghcr.io/acme/agent:2.1.0', { pullCheck: { mode: PullCheckMode.WARN }, pinDigest: false }),
      essential: false,
    });
    api.connections.allowFromAnyIpv4(ec2.Port.tcp(9090));
    api.targetGroup.configureHealthCheck({ path: '/healthz' });
    registry.secret.grantRead(api);
    api.onPullFailure('CannotPull', { description: 'a task of the service could not pull its image' });
    this.output('Service', api.service.serviceName);
    this.output('Pattern', api.pattern.service.serviceName);
    this.output('LoadBalancer', api.loadBalancer.loadBalancerArn);
    this.output('Listener', api.listener.listenerArn);
    this.output('ClusterName', api.cluster.clusterName);
    this.output('ExecutionRole', api.executionRole.roleArn);
    this.output('Secret', api.secret.secretArn);
    this.output('Host', `${api.registry.host} ${api.registry.provider.usernameHint}`);

    const inside = { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, restrictedNetwork: true, askExpiry: true, timeout: Duration.seconds(45) };
    const worker = new ecs.FargateTaskDefinition(this, 'Worker');
    worker.addContainer('worker', {
      image: new PrivateRegistryImage('harbor.example.com/acme/worker:3.0.0', {
        provider: RegistryProvider.harbor('harbor.example.com', { privateNetwork: true }),
        credentials,
        pullCheck: inside,
      }),
    });
    new events.Rule(this, 'WorkerCannotPull', { eventPattern: PullFailure.eventPattern(worker) });
    const watchdog = new PullWatchdog(this, 'Watchdog', { interval: Duration.hours(2), expiryNotice: Duration.days(21) });
    new CfnOutput(this, 'WatchdogAlarm', { value: watchdog.cannotPullAlarm.alarmName });

    const imported = PullCheckFunction.fromPullCheckFunctionAttributes(this, 'Imported', {
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:pull-check',
    });
    const anywhere = new ecs.ExternalTaskDefinition(this, 'Anywhere');
    anywhere.addContainer('edge', {
      image: new PrivateRegistryImage('ghcr.io/acme/edge:1.0.0', { credentials, pullCheck: { checkFunction: imported, mode: PullCheckMode.ENFORCE } }),
      memoryLimitMiB: 128,
    });

    // The tag that everybody is warned of.
    new patterns.ApplicationLoadBalancedFargateService(this, 'Raw', {
      cluster,
      taskImageOptions: { image: new PrivateRegistryImage('ghcr.io/acme/web:latest', { credentials, pullCheck: { mode: PullCheckMode.OFF } }) },
    });
  }

  private output(id: string, value: string): void {
    new CfnOutput(this, `${id}Output`, { value });
  }
}

/** What the mistakes are refused with. */
function mistakes(): Record<string, string> {
  const app = new App({ autoSynth: false });
  const stack = new Stack(app, 'Mistakes', { env: ENV });
  const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
  const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials });

  return {
    upperCase: messageOf(() => new PrivateRegistryImage('ghcr.io/Acme/api:1.4.2', { credentials })),
    both: messageOf(() => new PrivateRegistryFargateService(stack, 'Both', { image: 'ghcr.io/acme/api:1.4.2', credentials, registry })),
    neither: messageOf(() => new PrivateRegistryFargateService(stack, 'Neither', { image: 'ghcr.io/acme/api:1.4.2' })),
    otherHost: messageOf(() => registry.image('quay.io/acme/api:1.4.2')),
    partialArn: messageOf(() => RegistryCredentials.fromSecretCompleteArn('arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull')),
    plainText: messageOf(() => new PrivateRegistry(stack, 'Plain', {
      provider: RegistryProvider.GHCR,
      credentials: RegistryCredentials.fromSecretValue({ username: 'bot', password: SecretValue.unsafePlainText('hunter2') }),
    })),
    immutableRole: messageOf(() => new PrivateRegistryFargateService(stack, 'Immutable', {
      image: 'ghcr.io/acme/api:1.4.2',
      credentials,
      executionRole: iam.Role.fromRoleArn(stack, 'Role', 'arn:aws:iam::111122223333:role/execution', { mutable: false }),
    })),
    atSynth: messageOf(() => {
      const late = new App({ autoSynth: false, outdir: 'late.out' });
      const task = new ecs.FargateTaskDefinition(new Stack(late, 'Late', { env: ENV }), 'Task', {
        executionRole: new iam.Role(late.node.findChild('Late'), 'Role', { assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com') }),
      });
      task.addContainer('api', { image: new PrivateRegistryImage('ghcr.io/acme/api:1.4.2', { credentials }) });
      late.synth();
    }),
  };
}

function messageOf(mistake: () => unknown): string {
  try {
    mistake();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
}

const app = new App();
if (process.env.UNCAUGHT) {
  const stack = new Stack(app, 'Uncaught', { env: ENV });
  const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET);
  const registry = new PrivateRegistry(stack, 'Registry', { provider: RegistryProvider.GHCR, credentials });
  new PrivateRegistryFargateService(stack, 'Api', { image: 'ghcr.io/acme/api:1.4.2', credentials, registry });
}
new ProvidersStack(app, 'Providers', { env: ENV });
new CredentialsStack(app, 'Credentials', { env: ENV });
new ServicesStack(app, 'Services', { env: ENV });
app.synth();
writeFileSync('mistakes.json', JSON.stringify(mistakes()));
