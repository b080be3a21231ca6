import { CfnResource, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { Authenticated, authenticatedIn, containersOf, decidingConstruct } from './authenticate';
import { coverageOf, isCovered } from './covered';
import { decidesOnCredentials, isConsumer, knownImages, Place, placesIn, valuesAt } from './places';
import { IMAGES_WITHOUT_CREDENTIALS } from '../consumers/consumers';
import { invalid } from '../private/errors';
import { awaitsContext, isDeleted, overridesOf, propertiesInTemplate, stageOf } from '../private/scopes';
import { isSameIn } from '../private/tokens';

const WITHOUT_CREDENTIALS = new Set(IMAGES_WITHOUT_CREDENTIALS.map(({ type }) => type));
const VALIDATED = new WeakSet<IConstruct>();

/**
 * Validates, at the end of synth, that everything is authenticated in what is synthesized with a scope: nothing that comes too late
 * goes unnoticed.
 */
export function validateStage(stage: IConstruct): void {
  if (VALIDATED.has(stage)) {
    return;
  }
  VALIDATED.add(stage);
  stage.node.addValidation({
    validate: () => {
      const messages = stage.node.findAll().filter(CfnResource.isCfnResource).filter(isCovered).flatMap((resource) => errorsOf(stage, resource));
      const errors = [...new Set(messages.map(({ message }) => message))];
      return errors.length === 0 || awaitsContext(stage) ? [] : errors;
    },
  });
}

function errorsOf(stage: IConstruct, resource: CfnResource): Error[] {
  const type = resource.cfnResourceType;
  if (!isConsumer(resource)) {
    return WITHOUT_CREDENTIALS.has(type) ? errorsOfOther(resource) : [];
  }
  const places = placesIn(type, propertiesInTemplate(resource));
  return [
    ...authenticatedIn(resource).flatMap((one) => changeOf(resource, one, places.find(({ path }) => path === one.path))),
    ...lostContainersOf(resource, places),
    ...places.flatMap((place) => unauthenticated(stage, resource, place)),
  ];
}

function unauthenticated(stage: IConstruct, resource: CfnResource, { path, container }: Place): Error[] {
  if (decidesOnCredentials(resource, path, container)) {
    return [];
  }
  return knownImages(resource, container.Image).flatMap(({ text, host }) => {
    const coverage = coverageOf(decidingConstruct(resource, path), host);
    if (coverage === undefined) {
      return [];
    }
    const scope = nameOf(coverage.scope);
    const own = stageOf(resource);
    if (own !== stage) {
      return [invalid('stageNotCovered',
        `the Stage ${own.node.path} has images of ${host} without credentials, because PrivateRegistries.of(${scope}) did not reach it: it was defined afterwards, or synthesized before, as CDK Pipelines does in addStage(); `
        + 'call PrivateRegistries.of() for the Stage before it is added to a pipeline, or after all Stages are defined')];
    }
    return [invalid('imageNotAuthenticated',
      `the image ${JSON.stringify(text)} in ${path} has no credentials, although PrivateRegistries.of(${scope}) authenticates ${host}: it was added or changed too late, or depends on a condition or on a value that is computed when the template is made; `
      + 'define it earlier, use a PrivateRegistryImage, or leave the construct alone with PrivateRegistries.exempt()', resource)];
  });
}

function changeOf(resource: CfnResource, authenticated: Authenticated, place: Place | undefined): Error[] {
  const { path, reference, image, credentialsParameter, container } = authenticated;
  const stack = Stack.of(resource);
  const isSame = (one: unknown, other: unknown) => isSameIn(stack, one, other);
  if (place === undefined || (container && !isSame(place.container.Name, container.containerName))) {
    return replacesContainers(resource) || isDeleted(resource, path) ? [] : [lost(resource, path, reference)];
  }
  const { Image, RepositoryCredentials } = place.container;
  if (isSame(Image, image) || !isSame(RepositoryCredentials?.CredentialsParameter, credentialsParameter)) {
    return [];
  }
  const now = typeof Image === 'string' ? JSON.stringify(Image) : 'a value that only CloudFormation knows';
  return [invalid('imageChanged',
    `the image ${JSON.stringify(reference)} in ${path} was replaced with ${now} after PrivateRegistries had given it credentials, so nothing has checked the new image and its registry gets credentials that can belong to another; `
    + 'set the image where the container is defined, or in an Aspect that visits the container or its task definition', resource)];
}

/**
 * The containers that were added after somebody had read the list, which aws-cdk-lib then keeps.
 */
function lostContainersOf(resource: CfnResource, places: Place[]): Error[] {
  const task = resource.node.scope;
  if (!(task instanceof ecs.TaskDefinition) || replacesContainers(resource)) {
    return [];
  }
  return containersOf(task).flatMap((container, index) => {
    const path = `ContainerDefinitions.${index}`;
    if (isDeleted(resource, path) || places.some((place) => `${place.path}.`.startsWith(`${path}.`))) {
      return [];
    }
    const [image] = knownImages(resource, container.imageName);
    return image && coverageOf(container, image.host) ? [lost(resource, path, image.text)] : [];
  });
}

function lost(resource: CfnResource, path: string, image: string): Error {
  return invalid('containerLost',
    `the container with the image ${JSON.stringify(image)} is not in the template as ${path}: an Aspect has read the containers of the task definition before it was added, or has reordered them; `
    + 'let that Aspect read container definitions instead of the property containerDefinitions, or add the container before it', resource);
}

/** Somebody who replaces the list, or the whole of it, means it. */
function replacesContainers(resource: CfnResource): boolean {
  const { ContainerDefinitions: override } = overridesOf(resource).Properties ?? {};
  return override !== undefined && (typeof override !== 'object' || Array.isArray(override));
}

/**
 * The services that certainly do not pull from the registry.
 */
function errorsOfOther(resource: CfnResource): Error[] {
  const type = resource.cfnResourceType;
  const properties = propertiesInTemplate(resource);
  const images = IMAGES_WITHOUT_CREDENTIALS.filter((one) => one.type === type).flatMap(({ image, pulls }) => (
    valuesAt(properties, image).map(({ path, value }) => ({ path, value, pulls }))
  ));
  return images.filter(({ path, pulls }) => pulls.startsWith('only ') || isModelFromEcr(type, properties, path)).flatMap(({ path, value, pulls }) => (
    knownImages(resource, value).filter(({ host }) => coverageOf(resource, host)).map(({ text, host }) => invalid('serviceWithoutCredentials',
      `the image ${JSON.stringify(text)} in ${path} is in the registry ${host}, but ${type} pulls ${pulls}; copy the image to Amazon ECR`, resource))
  ));
}

/**
 * Amazon SageMaker AI pulls from another registry only if the configuration of the image says so.
 */
function isModelFromEcr(type: string, properties: unknown, path: string): boolean {
  return type === 'AWS::SageMaker::Model' && !path.includes('Fn::If') && valuesAt(properties, path.replace(/Image$/, 'ImageConfig')).length === 0;
}

function nameOf(scope: IConstruct): string {
  return scope.node.path === '' ? 'app' : JSON.stringify(scope.node.path);
}
