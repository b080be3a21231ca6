import { AppStack, Assembly } from './assembly';
import { Checks, howDefined, HowPulled } from './how-pulled';
import { isKnown, isNamed, knownPrefix, macroIn, propertiesOf, qualified, Resource, Template } from './template';
import { inEachWorld, World } from './world';
import { IMAGE_CONSUMERS, IMAGES_WITHOUT_CREDENTIALS } from '../consumers/consumers';
import { isObject } from '../private/template-json';
import { ImageReference, registryHostOfPrefix } from '../reference/image-reference';
import { ECR } from '../registries/ecr';
import { registryOfHost } from '../registries/registries';

/** With a role are images in Amazon ECR, and those of AWS in CodeBuild. */
export type Authentication = 'secret' | 'role' | 'none' | '?';

/** An image that a resource pulls, in one of the ways in which the conditions of its stack can be decided. */
export interface AppImage {
  readonly stack: string;
  readonly logicalId: string;
  /** The path of the construct. */
  readonly path?: string;
  readonly type: string;
  /** The name of the container. */
  readonly container?: string;
  /** With `${...}` for what only the deployment knows. */
  readonly image: string;
  /** The host of the registry, if it is known. */
  readonly host?: string;
  readonly authentication: Authentication;
  /** How the template names the secret. */
  readonly secret?: string;
  /** Different for secrets that can be different, even if the template names them alike. */
  readonly secretId?: string;
  /** Where a consumer that accepts no secret pulls from, for people. */
  readonly pulls?: string;
  readonly howPulled: HowPulled;
  /** What can change it at the deployment. */
  readonly macro?: string;
  /** Whether it is pulled in this way however the conditions are decided, and whatever a macro does. */
  readonly isCertain: boolean;
}

/** A place in the properties of a resource that names an image. */
interface Place {
  readonly container: string;
  readonly image: string;
  readonly credentials?: string;
  readonly role?: string;
  readonly pulls?: string;
}

type Read = (world: World) => unknown;

const PLACES = new Map<string, Place[]>();
for (const { type, ...place } of [...IMAGE_CONSUMERS, ...IMAGES_WITHOUT_CREDENTIALS.map(asPlace)]) {
  PLACES.set(type, [...PLACES.get(type) ?? [], place]);
}

/** The host of an image in ECR can be made of parts that only the deployment knows. */
const ECR_HOST = /^[^/]+\.dkr[.-]ecr(?:-fips)?\.[^/]+(?=\/)/;
const CODEBUILD_IMAGE = /^aws\/codebuild\//;
/** What cannot contain a password, beside functions of CloudFormation, dynamic references and a digest. */
const HARMLESS = /^[\w./:-]*$/;
const NOT_TEXT = /\$\{[^}]*\}|\{\{resolve:[^}]*\}\}|@sha256:[a-f0-9]{64}$/g;

/** Every image of an app that a consumer names. */
export function imagesIn({ stacks }: Assembly): AppImage[] {
  return stacks.flatMap((stack) => {
    const checks = new Checks(stack.template);
    return [...stack.template.resources.values()].flatMap((resource) => (
      PLACES.get(resource.type)?.flatMap((place) => imagesAt(stack, checks, resource, place)) ?? []
    ));
  });
}

function imagesAt(stack: AppStack, checks: Checks, resource: Resource, place: Place): AppImage[] {
  const { template } = stack;
  const outer = place.role?.split('.').slice(0, -1) ?? [];
  const inner = place.container.split('.').filter((name) => name !== '').slice(outer.length);
  return expand(template, () => propertiesOf(resource), outer).flatMap((task) => expand(template, task, inner).flatMap((container) => {
    const images = inEachWorld((world) => imageIn(stack, checks, { resource, place, task: task(world), container: container(world) }, world));
    return images === undefined ? [imageOf(stack, resource, '${Fn::If}')] : distinct(images);
  }));
}

function distinct(images: ReadonlyArray<AppImage | undefined>): AppImage[] {
  const counts = new Map<string, number>();
  images.forEach((image) => counts.set(JSON.stringify(image), (counts.get(JSON.stringify(image)) ?? 0) + 1));
  const found = new Map(images.map((image) => [JSON.stringify(image), image]));
  return [...found].flatMap(([key, image]) => {
    const isCertain = image?.macro === undefined && counts.get(key) === images.length;
    return image === undefined ? [] : [{ ...image, isCertain }];
  });
}

interface Container {
  readonly resource: Resource;
  readonly place: Place;
  /** What has the execution role: around the container, or the same. */
  readonly task: unknown;
  readonly container: unknown;
}

function imageIn(stack: AppStack, checks: Checks, { resource, place, task, container }: Container, world: World): AppImage | undefined {
  const { template } = stack;
  const text = (path: string) => template.text(memberAt(template, container, path.split('.'), world), world);
  const image = text(place.image);
  if (image === undefined || !template.creates(resource, world)) {
    return undefined;
  }
  const isReadable = !isUnknown(container);
  const secret = place.credentials !== undefined && isReadable ? text(place.credentials) || undefined : undefined;
  const { pulls } = place;
  const found = imageOf(stack, resource, image, { secret, pulls });
  const name = isReadable ? text('Name') : undefined;
  return {
    ...found,
    container: name,
    macro: found.macro ?? macroIn(container),
    secretId: found.secret && secretIdOf(found.secret, template, [resource.logicalId, name]),
    howPulled: checks.howPulled(resource, image, secret, world) ?? howDefined(template, resource, { task, container }, world),
  };
}

function imageOf(
  { template: { name: stack, macro }, pathOf }: AppStack, resource: Resource, image: string, { secret, pulls }: Pick<AppImage, 'secret' | 'pulls'> = {},
): AppImage {
  const { logicalId, type } = resource;
  const isOfCodeBuild = type === 'AWS::CodeBuild::Project' && CODEBUILD_IMAGE.test(image);
  const host = isOfCodeBuild ? undefined : hostOf(image);
  const isOfRole = isOfCodeBuild || (host !== undefined && (isKnown(host) ? registryOfHost(host) === ECR : ECR_HOST.test(`${host}/`)));
  const withoutSecret = isOfRole ? 'role' : host === undefined || pulls !== undefined ? '?' : 'none';
  return {
    stack,
    logicalId,
    path: pathOf(resource),
    type,
    image: host !== undefined || HARMLESS.test(image.replace(NOT_TEXT, '')) ? image : '(not shown, because it can contain a password)',
    host,
    authentication: secret === undefined ? withoutSecret : 'secret',
    secret: secret && qualified(secret, stack),
    pulls: isOfRole ? undefined : pulls,
    howPulled: {},
    macro,
    isCertain: false,
  };
}

/** A name is that of another secret in each account and Region. */
function secretIdOf(secret: string, { name, environment }: Template, consumer: unknown): string {
  const isArn = isKnown(secret) && secret.startsWith('arn:');
  return JSON.stringify([secret, ...isArn ? [] : [environment], ...isNamed(secret) ? [] : [name, consumer]]);
}

function hostOf(image: string): string | undefined {
  try {
    const host = isKnown(image) ? ImageReference.parse(image).host : registryHostOfPrefix(knownPrefix(image));
    return host ?? ECR_HOST.exec(image)?.[0];
  } catch {
    return undefined;
  }
}

/** The functions that read what a path leads to, one for each element of the lists on the way. */
function expand(template: Template, read: Read, [name, ...rest]: readonly string[]): Read[] {
  if (name === undefined) {
    return [read];
  }
  if (name !== '*') {
    return expand(template, (world) => stepInto(template, template.resolve(read(world), world), name, world), rest);
  }
  const lengths = inEachWorld((world) => elementsOf(template.resolve(read(world), world)).length) ?? [1];
  return Array.from({ length: Math.max(...lengths) }, (_, index) => index)
    .flatMap((index) => expand(template, (world) => template.resolve(elementsOf(template.resolve(read(world), world))[index], world), rest));
}

function stepInto(template: Template, value: unknown, name: string, world: World): unknown {
  return memberAt(template, value, [name], world) ?? (macroIn(value) && '${Fn::Transform}');
}

/** A list that only the deployment knows has one element that is not known. */
function elementsOf(list: unknown): unknown[] {
  return Array.isArray(list) ? list : isUnknown(list) ? [list] : [];
}

function memberAt(template: Template, value: unknown, path: readonly string[], world: World): unknown {
  let member = template.resolve(value, world);
  for (const name of path) {
    member = isObject(member) ? template.resolve(member[name], world) : isUnknown(member) ? member : undefined;
  }
  return member;
}

function isUnknown(value: unknown): boolean {
  return typeof value === 'string' && !isKnown(value);
}

function asPlace({ image: path, ...others }: (typeof IMAGES_WITHOUT_CREDENTIALS)[number]) {
  const names = path.split('.');
  return { ...others, container: names.slice(0, -1).join('.'), image: names[names.length - 1], credentials: undefined, role: undefined };
}
