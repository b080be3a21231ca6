import { ProjenStruct, Struct } from '@mrgrain/jsii-struct-builder';
import { Component, typescript } from 'projen';

const PATTERN_PROPS = 'aws-cdk-lib.aws_ecs_patterns.ApplicationLoadBalancedFargateServiceProps';
const IMAGE_OPTIONS = 'aws-cdk-lib.aws_ecs_patterns.ApplicationLoadBalancedTaskImageOptions';
const CONTAINER_OPTIONS = 'aws-cdk-lib.aws_ecs.ContainerDefinitionOptions';

/**
 * Generates the structs that hand the properties of aws-cdk-lib through, from the assembly of the floor version.
 */
export class ServiceProps extends Component {
  constructor(project: typescript.TypeScriptProject) {
    super(project);

    new ProjenStruct(project, {
      name: 'PrivateRegistryFargateServiceBaseProps',
      filePath: 'src/service/private-registry-fargate-service-base-props.ts',
      description: 'The props of `ApplicationLoadBalancedFargateService`, with its image options at the top level.',
    })
      .mixin(Struct.fromFqn(PATTERN_PROPS))
      .mixin(Struct.fromFqn(IMAGE_OPTIONS))
      // The library builds the task definition, and `image` is a string.
      .omit('taskDefinition', 'taskImageOptions', 'image')
      .withoutDeprecated()
      .update('assignPublicIp', {
        docs: {
          default: '- true if the subnets of the tasks are public, because without a public IP they could never pull an image; false otherwise',
        },
      })
      .update('circuitBreaker', {
        docs: {
          default: '- on, with rollback, for the ECS deployment controller, so an image that cannot be pulled fails the deployment in minutes, not hours; off for the other controllers, which do not support it',
        },
      })
      .update('minHealthyPercent', {
        docs: {
          default: '- 100, so a deployment never removes healthy tasks; 50, the default of ECS, if `maxHealthyPercent` is 100 or less, or the deployment controller is not ECS',
        },
      })
      .update('desiredCount', {
        docs: {
          summary: 'The desired number of instantiations of the task definition to keep running on the service.',
          remarks: 'Zero is allowed: the service is created and starts no task, for example until a placeholder secret is filled.',
          default: '- 1 for a new service; the number it has for a service that exists',
        },
      })
      .update('executionRole', {
        docs: {
          summary: 'The role that ECS assumes to pull the image, read the secret and write the logs.',
          remarks: 'The permissions it needs are added to it. A role of another stack gets them in a policy of this stack.',
          default: '- a role at `TaskDef/ExecutionRole` that only `ecs-tasks.amazonaws.com` can assume',
        },
      });

    new ProjenStruct(project, {
      name: 'PrivateRegistryContainerOptions',
      filePath: 'src/service/private-registry-container-options.ts',
      description: 'The options of a container that are not props of `PrivateRegistryFargateService`.',
    })
      .mixin(Struct.fromFqn(CONTAINER_OPTIONS))
      .omit(
        'image', 'containerName', 'environment', 'secrets', 'logging', 'dockerLabels', 'command', 'entryPoint', 'healthCheck',
        'cpu', 'memoryLimitMiB',
      )
      .withoutDeprecated()
      .update('ulimits', { docs: { default: '- the limits of the platform' } })
      .update('portMappings', {
        docs: {
          summary: 'Port mappings in addition to that of `containerPort`, or with the details of that one.',
          remarks: 'A mapping with the number of `containerPort` replaces it, for example to give it the name that Service Connect needs.',
          default: '- only `containerPort`, which is the port the load balancer sends requests to',
        },
      });
  }
}
