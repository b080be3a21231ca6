import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';

const SIZE = { cpu: 1, memory: Size.gibibytes(2) };

/** A container of a job on Fargate, as anybody writes it. */
export function fargateContainer(
  scope: Construct, image: ecs.ContainerImage, props: Partial<batch.EcsFargateContainerDefinitionProps> = {}, id = 'Container',
): batch.EcsFargateContainerDefinition {
  return new batch.EcsFargateContainerDefinition(scope, id, { image, ...SIZE, ...props });
}

/** A container of a job on EC2. */
export function ec2Container(
  scope: Construct, image: ecs.ContainerImage, props: Partial<batch.EcsEc2ContainerDefinitionProps> = {}, id = 'Container',
): batch.EcsEc2ContainerDefinition {
  return new batch.EcsEc2ContainerDefinition(scope, id, { image, ...SIZE, ...props });
}

/** A job on Fargate with one container. */
export function defineJob(
  scope: Construct, image: ecs.ContainerImage, props: Partial<batch.EcsFargateContainerDefinitionProps> = {}, id = 'Job',
): batch.EcsJobDefinition {
  return new batch.EcsJobDefinition(scope, id, { container: fargateContainer(scope, image, props, `${id}Container`) });
}

/** A job on two nodes with a container each. */
export function defineMultiNodeJob(scope: Construct, images: ecs.ContainerImage[], id = 'Job'): batch.MultiNodeJobDefinition {
  return new batch.MultiNodeJobDefinition(scope, id, {
    containers: images.map((image, index) => ({
      startNode: index, endNode: index, container: ec2Container(scope, image, {}, `${id}Container${index}`),
    })),
  });
}

/** The containers of a job definition of a template. */
export function jobContainersOf({ Properties }: any): any[] {
  return Properties.NodeProperties?.NodeRangeProperties.map(({ Container }: any) => Container) ?? [Properties.ContainerProperties];
}
