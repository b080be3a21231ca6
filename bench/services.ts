import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';

export type Library = typeof import('../src');

/** With the library, with and without its pull check, with patterns that it authenticates, each alone or all at once, or by hand. */
export type Variant = 'checked' | 'unchecked' | 'raw' | 'imageObjects' | 'everywhere';

export interface Synthesized {
  /** The template as CloudFormation gets it. */
  readonly text: string;
  readonly resources: number;
}

type DefineService = (id: string, image: string) => void;

const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const STACK = 'Services';

/** Synthesizes a stack of so many services, which share a network, a cluster and the credentials. */
export function synthesize(variant: Variant, services: number, outdir: string, library: Library | undefined): Synthesized {
  const app = new App({ outdir, context: contextOfCdk() });
  const stack = new Stack(app, STACK, { env: { account: '111122223333', region: 'eu-west-1' } });
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new ecs.Cluster(stack, 'Cluster', { vpc });
  const define = definerOf(variant, stack, cluster, library);
  for (let number = 1; number <= services; number++) {
    define(`Service${number}`, `ghcr.io/acme/service-${number}:1.4.2`);
  }
  app.synth();
  const text = readFileSync(join(outdir, `${STACK}.template.json`), 'utf8');
  return { text, resources: Object.keys(JSON.parse(text).Resources).length };
}

function definerOf(variant: Variant, stack: Stack, cluster: ecs.ICluster, library: Library | undefined): DefineService {
  if (variant === 'raw') {
    return byHand(stack, cluster);
  }
  return variant === 'imageObjects' || variant === 'everywhere'
    ? withPatterns(library!, stack, cluster, variant === 'everywhere')
    : withLibrary(library!, stack, cluster, variant === 'checked');
}

/** What the `cdk` command, and a project made with `cdk init`, tell every app. */
function contextOfCdk(): Record<string, unknown> {
  const flags = join(dirname(require.resolve('aws-cdk-lib/package.json')), 'recommended-feature-flags.json');
  return {
    ...JSON.parse(readFileSync(flags, 'utf8')),
    'aws:cdk:enable-path-metadata': true,
    'aws:cdk:enable-asset-metadata': true,
    'aws:cdk:version-reporting': true,
  };
}

function withLibrary(library: Library, stack: Stack, cluster: ecs.ICluster, checked: boolean): DefineService {
  const { PrivateRegistry, PrivateRegistryFargateService, PullCheckMode, RegistryCredentials, RegistryProvider } = library;
  const registry = new PrivateRegistry(stack, 'Ghcr', {
    provider: RegistryProvider.GHCR,
    credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN),
    pullCheck: checked ? undefined : { mode: PullCheckMode.OFF },
  });
  return (id, image) => {
    new PrivateRegistryFargateService(stack, id, { cluster, registry, image, containerPort: 8080, desiredCount: 2 });
  };
}

/** The patterns of aws-cdk-lib, with an image object for each or one statement for all. */
function withPatterns(library: Library, stack: Stack, cluster: ecs.ICluster, isEverywhere: boolean): DefineService {
  const { PrivateRegistries, PrivateRegistryImage, RegistryCredentials, RegistryProvider } = library;
  const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);
  if (isEverywhere) {
    PrivateRegistries.of(stack).add({ provider: RegistryProvider.GHCR, credentials });
  }
  return (id, image) => {
    new patterns.ApplicationLoadBalancedFargateService(stack, id, {
      cluster,
      taskImageOptions: {
        image: isEverywhere ? ecs.ContainerImage.fromRegistry(image) : new PrivateRegistryImage(image, { credentials }), containerPort: 8080,
      },
    });
  };
}

/**
 * The same by hand, with all of it that aws-cdk-lib can do: a service that rolls back and takes no healthy task away, and no
 * task before its role may read the secret and its subnets have a route.
 */
function byHand(stack: Stack, cluster: ecs.ICluster): DefineService {
  const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Ghcr', SECRET_ARN);
  return (id, image) => {
    const { service, taskDefinition } = new patterns.ApplicationLoadBalancedFargateService(stack, id, {
      cluster,
      // It lets the execution role read the secret.
      taskImageOptions: { image: ecs.ContainerImage.fromRegistry(image, { credentials: secret }), containerPort: 8080 },
      circuitBreaker: { enable: true, rollback: true },
      minHealthyPercent: 100,
      desiredCount: 2,
    });
    taskDefinition.node.defaultChild!.node.addDependency(taskDefinition.executionRole!.node.findChild('DefaultPolicy'));
    service.node.defaultChild!.node.addDependency(cluster.vpc.selectSubnets().internetConnectivityEstablished);
  };
}
