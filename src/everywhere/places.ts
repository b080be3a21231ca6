import { CfnResource, Token } from 'aws-cdk-lib';
import { IMAGE_CONSUMERS, ImageConsumer } from '../consumers/consumers';
import { overridden } from '../image/final-resource';
import { LateTokenFinder } from '../private/late-tokens';
import { overridesOf } from '../private/scopes';
import { isObject } from '../private/template-json';
import { literalPrefix } from '../private/tokens';
import { hostOf } from '../provider/image-host';
import { registryHostOfPrefix } from '../reference/image-reference';

/** Everything of ECS and AWS Batch. */
const CONSUMERS = IMAGE_CONSUMERS.filter(({ credentials }) => credentials === 'RepositoryCredentials.CredentialsParameter');
const TYPES = new Set(CONSUMERS.map(({ type }) => type));
/** Stands for the rest of a text. */
const UNKNOWN = '${Token[TOKEN.0]}';
const IF = 'Fn::If';

/**
 * A container in the properties of a resource.
 */
export interface Place {
  readonly consumer: ImageConsumer;
  /** The path to the container. */
  readonly path: string;
  readonly container: Record<string, any>;
  /** Whether CloudFormation decides if there is this container. */
  readonly isConditional: boolean;
}

/**
 * An image as far as it is known.
 */
export interface KnownImage {
  /** For messages. */
  readonly text: string;
  readonly host: string;
}

export function isConsumer(construct: unknown): construct is CfnResource {
  return CfnResource.isCfnResource(construct) && TYPES.has(construct.cfnResourceType);
}

/**
 * The containers in the properties of a resource, with the names that CloudFormation has for them.
 */
export function placesIn(type: string, properties: unknown): Place[] {
  return CONSUMERS.filter((consumer) => consumer.type === type).flatMap((consumer) => (
    valuesAt(properties, consumer.container).flatMap(({ path, value }) => (
      isObject(value) ? [{ consumer, path, container: value, isConditional: path.includes(IF) }] : []
    ))
  ));
}

/**
 * The values at a path in which `*` stands for each element of a list, in each branch of `Fn::If`.
 */
export function valuesAt(value: unknown, path: string): Array<{ readonly path: string; readonly value: any }> {
  let found = branchesOf({ path: '', value });
  for (const name of path.split('.')) {
    found = found.flatMap((one) => stepsFrom(one.value, name).map((key) => ({
      path: one.path === '' ? key : `${one.path}.${key}`, value: one.value[key],
    }))).flatMap(branchesOf);
  }
  return found;
}

function stepsFrom(value: any, name: string): string[] {
  if (name === '*') {
    return Array.isArray(value) ? Object.keys(value) : [];
  }
  return typeof value === 'object' && value !== null && value[name] !== undefined ? [name] : [];
}

function branchesOf(one: { path: string; value: any }): Array<{ path: string; value: any }> {
  const branches = isObject(one.value) ? one.value[IF] : undefined;
  if (!Array.isArray(branches)) {
    return [one];
  }
  const prefix = one.path === '' ? IF : `${one.path}.${IF}`;
  return [1, 2].flatMap((index) => branchesOf({ path: `${prefix}.${index}`, value: branches[index] }));
}

/**
 * The properties of a resource while the app still defines constructs, with overrides. What the app computes later stays a token: reading
 * a list freezes it.
 */
export function earlyProperties(resource: CfnResource): any {
  // Only the class itself sees them.
  const { cfnProperties } = resource as unknown as { readonly cfnProperties: object };
  return overridden(early(resource, cfnProperties), early(resource, overridesOf(resource).Properties ?? {}));
}

function early(resource: CfnResource, value: unknown): any {
  if (typeof value === 'string') {
    return value;
  }
  if (Token.isUnresolved(value)) {
    return resolvedEarly(resource, value);
  }
  if (Array.isArray(value)) {
    return value.map((element) => early(resource, element));
  }
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [capitalized(key), early(resource, inner)])) : value;
}

function resolvedEarly(resource: CfnResource, value: unknown): any {
  const finder = new LateTokenFinder();
  const resolved = finder.resolve(resource, value);
  return finder.tokens.length > 0 ? value : resolved;
}

/** Classes of resources have properties in camel case. */
function capitalized(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/**
 * The images that a value can be, and whose registries are certain.
 */
export function knownImages(resource: CfnResource, image: unknown): KnownImage[] {
  return imagesOf(resource, image).flatMap(knownImage);
}

/**
 * The image, if it is one and its registry is certain.
 */
export function certainImage(resource: CfnResource, image: unknown): KnownImage | undefined {
  const texts = imagesOf(resource, image);
  return texts.length === 1 ? knownImage(texts[0])[0] : undefined;
}

function knownImage(text: string): KnownImage[] {
  const host = hostIfKnown(text);
  return host === undefined ? [] : [{ text: text.replace(UNKNOWN, '...'), host }];
}

/** What a text begins with is known, whatever the app computes later. */
function imagesOf(resource: CfnResource, image: unknown): string[] {
  return typeof image === 'string' && literalPrefix(image) !== '' ? [image] : textsOf(resolvedEarly(resource, image));
}

function textsOf(value: any): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  if (!isObject(value)) {
    return [];
  }
  if (Array.isArray(value[IF])) {
    return value[IF].slice(1).flatMap(textsOf);
  }
  const join = value['Fn::Join'];
  if (Array.isArray(join) && Array.isArray(join[1])) {
    const known = join[1].findIndex((part) => typeof part !== 'string');
    return [`${join[1].slice(0, known === -1 ? undefined : known).join(join[0])}${known > 0 ? join[0] : ''}${known === -1 ? '' : UNKNOWN}`];
  }
  const substitute = [value['Fn::Sub']].flat()[0];
  return typeof substitute === 'string' ? [substitute.replace(/\$\{[^]*$/, () => UNKNOWN)] : [];
}

/**
 * The registry also of an image that cannot exist, like one in upper case: the error says so.
 */
function hostIfKnown(text: string): string | undefined {
  for (const read of [hostOf, registryHostOfPrefix]) {
    try {
      return read(text);
    } catch {
      // The other one reads less of it.
    }
  }
  return undefined;
}
