import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as patterns from 'aws-cdk-lib/aws-ecs-patterns';
import { Construct } from 'constructs';
import { PrivateRegistries, PrivateRegistry, PrivateRegistryFargateServiceProps, PrivateRegistryImage, PrivateRegistryImageOptions, RegistryProvider } from '../../src';
import { Way } from '../snapshots/configurations';

type Source = PrivateRegistry | PrivateRegistryImageOptions;

/** An image object for each container, with the constructs of aws-cdk-lib. */
export const BY_HAND = wayWith((scope, reference, source) => {
  const given = shared(scope, reference, source);
  return given instanceof PrivateRegistry ? given.image(reference) : new PrivateRegistryImage(reference, given);
});

/** The same constructs with plain images, and one statement for the app. */
export const EVERYWHERE = wayWith((scope, reference, source) => {
  const given = shared(scope, reference, source);
  const registries = PrivateRegistries.of(scope.node.root as App);
  if (given instanceof PrivateRegistry) {
    registries.authenticate(given);
  } else {
    registries.add({ provider: RegistryProvider.forImage(reference), ...given });
  }
  return ecs.ContainerImage.fromRegistry(reference);
});

/** Credentials that create a secret need a construct. */
function shared(scope: Construct, reference: string, source: Source): Source {
  if (source instanceof PrivateRegistry || !source.credentials._createsSecret) {
    return source;
  }
  return new PrivateRegistry(Stack.of(scope), 'Registry', { provider: RegistryProvider.forImage(reference), ...source });
}

function wayWith(image: Way['image']): Way {
  return {
    image,
    service: (scope, id, props) => serviceOfPattern(scope, id, props, image),
  };
}

function serviceOfPattern(scope: Construct, id: string, props: PrivateRegistryFargateServiceProps, image: Way['image']): ReturnType<Way['service']> {
  const { image: reference, credentials, registry, containerPort, executionRole, ...others } = props;
  return new patterns.ApplicationLoadBalancedFargateService(scope, id, {
    ...others as patterns.ApplicationLoadBalancedFargateServiceProps,
    taskImageOptions: {
      image: image(scope, reference, registry === undefined ? { credentials: credentials! } : registry as PrivateRegistry),
      containerPort,
      executionRole,
      // The policy for the logs would close a cycle.
      enableLogging: executionRole === undefined || Stack.of(executionRole) === Stack.of(scope),
    },
  });
}
