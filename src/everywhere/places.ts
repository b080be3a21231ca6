import { CfnResource, Token } from 'aws-cdk-lib';
import { IMAGE_CONSUMERS, ImageConsumer } from '../consumers/consumers';
import { overridden } from '../image/final-resource';
import { LateTokenFinder } from '../private/late-tokens';
import { isDeleted, overridesOf } from '../private/scopes';
import { functionIn, isIntrinsic, isObject } from '../private/template-json';
import { literalPrefix } from '../private/tokens';
import { hostOf } from '../provider/image-host';
import { registryHostOfPrefix } from '../reference/image-reference';

/** Everything of ECS and AWS Batch. */
const CONSUMERS = IMAGE_CONSUMERS.filter(({ credentials }) => credentials === 'RepositoryCredentials.CredentialsParameter');
const TYPES = new Set(CONSUMERS.map(({ type }) => type));
/** Stands for the rest of a text. */
const UNKNOWN = '${Token[TOKEN.0]}';
/** Stands for what only CloudFormation knows, or the app computes when the template is made. */
const LATE = '${}';
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
 * Whether somebody has decided on the credentials of a container: it has some, or an override deletes them.
 */
export function decidesOnCredentials(resource: CfnResource, path: string, container: Record<string, any>): boolean {
  const credentials = container.RepositoryCredentials ?? {};
  const isEmpty = isObject(credentials) && !Token.isUnresolved(credentials) && !isIntrinsic(credentials) && !credentials.CredentialsParameter;
  return !isEmpty || isDeleted(resource, `${path}.RepositoryCredentials.CredentialsParameter`);
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
  return overridden(earlyValue(resource, cfnProperties), earlyValue(resource, overridesOf(resource).Properties ?? {}));
}

/** The same of one value. */
export function earlyValue(resource: CfnResource, value: unknown): any {
  if (typeof value === 'string') {
    return value;
  }
  if (Token.isUnresolved(value)) {
    const finder = new LateTokenFinder();
    const resolved = finder.resolve(resource, value);
    return finder.tokens.length > 0 ? value : earlyValue(resource, resolved);
  }
  if (Array.isArray(value)) {
    return value.map((element) => earlyValue(resource, element));
  }
  // The variables of Fn::Sub keep their names.
  return isObject(value) && [undefined, IF].includes(functionIn(value))
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [capitalized(key), earlyValue(resource, inner)]))
    : value;
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
 * The image, or the first one of several, if its registry is certain.
 */
export function certainImage(resource: CfnResource, image: unknown): KnownImage | undefined {
  const images = imagesOf(resource, image).map((text) => knownImage(text)[0]);
  return new Set(images.map((one) => one?.host)).size === 1 ? images[0] : undefined;
}

function knownImage(text: string): KnownImage[] {
  const host = hostIfKnown(text);
  return host === undefined ? [] : [{ text: text.replace(UNKNOWN, '...'), host }];
}

/** What a text begins with is known, whatever the app computes later. */
function imagesOf(resource: CfnResource, image: unknown): string[] {
  if (typeof image === 'string' && literalPrefix(image) !== '') {
    return [image];
  }
  const resolved = new LateTokenFinder(() => LATE).resolve(resource, image);
  return textsOf(resolved).map((text) => text.replace(/\$\{[^]*$/, () => UNKNOWN));
}

function textsOf(value: any): string[] {
  if (typeof value === 'string') {
    return [value];
  }
  if (!isObject(value)) {
    return [];
  }
  if (Array.isArray(value[IF])) {
    return value[IF].slice(1).map(textsOf).flatMap((texts) => texts.length === 0 ? LATE : texts);
  }
  const join = value['Fn::Join'];
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return [join[1].map(textsOf).map((texts) => texts.length === 1 ? texts[0] : LATE).join(join[0])];
  }
  const [substitute, variables] = [value['Fn::Sub']].flat() as [unknown, Record<string, unknown>?];
  return typeof substitute === 'string' ? [substitute.replace(/\$\{(\w+)\}/g, (whole, name) => {
    const variable = variables?.[name];
    return typeof variable === 'string' ? variable : whole;
  })] : [];
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
