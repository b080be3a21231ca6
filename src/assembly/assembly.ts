import { posix } from 'node:path';
import { Assets, StackFiles } from './stack-files';
import { Export, Resource, Template } from './template';
import { isNeededContext, isObject } from '../private/template-json';

type Json = Record<string, unknown>;

/** Reads a file of the assembly, by its path from there; undefined if it is not a JSON object. */
export type ReadJson = (path: string) => Promise<Json | undefined>;

/** What is in the directory cannot be understood. */
export class AssemblyError extends Error {}

export interface AppStack {
  readonly template: Template;
  /** The path of the construct of a resource. */
  readonly pathOf: (resource: Resource) => string | undefined;
}

export interface Assembly {
  /** Each nested stack follows its parent. */
  readonly stacks: readonly AppStack[];
  /** The parts of the app that cannot be read, for people. */
  readonly unread: readonly string[];
}

/** A stack or a nested stack. */
interface Place {
  readonly files: StackFiles;
  /** The path of a nested stack. */
  readonly scope?: string;
  /** The file with the template, and those of the stacks around it. */
  readonly templates: readonly string[];
}

/** Reads the stacks that `cdk synth` wrote, those of Stages and nested ones included. */
export async function readAssembly(read: ReadJson): Promise<Assembly> {
  const reader = new Reader(read);
  await reader.readDirectory('', []);
  return reader;
}

class Reader implements Assembly {
  public readonly stacks: AppStack[] = [];
  public readonly unread: string[] = [];
  private readonly exports = new Map<string, Export[]>();

  constructor(private readonly read: ReadJson) {}

  public async readDirectory(directory: string, around: readonly string[]): Promise<void> {
    const file = posix.join(directory, 'manifest.json');
    const artifacts = artifactsOf(file, await this.read(file));
    const assets = await this.readAssets(directory, artifacts);
    for (const [id, artifact] of artifacts) {
      const { directoryName } = objectIn(artifact.properties);
      if (artifact.type === 'aws:cloudformation:stack') {
        await this.readStack(directory, id, artifact, assets);
      } else if (artifact.type === 'cdk:cloud-assembly' && typeof directoryName === 'string') {
        const inner = posix.join(directory, directoryName);
        if ([directory, ...around].some((outer) => posix.join(outer, '.') === posix.join(inner, '.'))) {
          throw new AssemblyError(`${file} contains itself`);
        }
        await this.readDirectory(inner, [directory, ...around]);
      }
    }
  }

  /** The files that are uploaded, by the keys of their objects. */
  private async readAssets(directory: string, artifacts: ReadonlyArray<[string, Json]>): Promise<Assets> {
    const assets = new Map<string, string>();
    for (const [, { type, properties }] of artifacts) {
      const { file } = objectIn(properties);
      const manifest = type === 'cdk:asset-manifest' && typeof file === 'string' ? await this.read(posix.join(directory, file)) : undefined;
      for (const { source, destinations } of Object.values(objectIn(manifest?.files)).map(objectIn)) {
        for (const { objectKey } of Object.values(objectIn(destinations)).map(objectIn)) {
          assets.set(String(objectKey), String(objectIn(source).path));
        }
      }
    }
    return assets;
  }

  private async readStack(directory: string, id: string, artifact: Json, assets: Assets): Promise<void> {
    const { templateFile } = objectIn(artifact.properties);
    const { additionalMetadataFile: metadataFile, displayName } = artifact;
    const file = posix.join(directory, String(templateFile));
    const json = await this.read(file);
    if (json === undefined) {
      throw new AssemblyError(`${file} is not a template in JSON`);
    }
    const metadata = { ...objectIn(artifact.metadata), ...typeof metadataFile === 'string' ? await this.read(posix.join(directory, metadataFile)) : {} };
    const name = typeof displayName === 'string' ? displayName : id;
    await this.addStack(new Template(name, json, environmentOf(artifact), this.exports), {
      files: new StackFiles(directory, metadata, assets),
      templates: [file],
    });
  }

  private async addStack(template: Template, place: Place): Promise<void> {
    const pathOf = (resource: Resource) => place.files.pathOf(resource, place.scope);
    this.stacks.push({ template, pathOf });
    if (template.resourcesMacro !== undefined) {
      this.unread.push(`${template.name} that ${template.resourcesMacro} adds`);
    }
    for (const resource of template.resources.values()) {
      if (resource.type === 'AWS::CloudFormation::Stack') {
        await this.addNested(template, resource, { ...place, scope: scopeOf(pathOf(resource)) });
      }
    }
  }

  private async addNested(parent: Template, resource: Resource, place: Place): Promise<void> {
    const name = place.scope ?? `${parent.name}/${resource.logicalId}`;
    const file = place.files.templateFileOf(parent, resource);
    const json = file === undefined || place.templates.includes(file) ? undefined : await this.read(file);
    if (file === undefined || json === undefined) {
      this.unread.push(`the nested stack ${name}, whose template ${file === undefined ? 'is not in the assembly' : `${file} is not JSON`}`);
      return;
    }
    const template = parent.nest(resource, name, json);
    await this.addStack(template, { ...place, templates: [...place.templates, file] });
  }
}

function artifactsOf(file: string, manifest: Json | undefined): Array<[string, Json]> {
  if (typeof manifest?.version !== 'string') {
    throw new AssemblyError(`${file} is not the manifest of a cloud assembly`);
  }
  if (Array.isArray(manifest.missing) && manifest.missing.map(objectIn).some(isNeededContext)) {
    throw new AssemblyError(`${file} lacks values that cdk looks up in AWS; run cdk synth, not the app alone, with credentials for AWS or a cdk.context.json`);
  }
  return Object.entries(objectIn(manifest.artifacts)).map(([id, artifact]) => [id, objectIn(artifact)]);
}

/** The pseudo parameters that are known: `aws://unknown-account/unknown-region` has none. */
function environmentOf({ environment }: Json): Record<string, string> {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(environment)) ?? [];
  const known = Object.entries({ 'AWS::AccountId': account, 'AWS::Region': region }).filter(([, value]) => value !== undefined && !value.startsWith('unknown-'));
  return Object.fromEntries(known);
}

/** The path of the nested stack of a resource. */
function scopeOf(path: string | undefined): string | undefined {
  const parent = posix.dirname(path ?? '');
  return parent.endsWith('.NestedStack') ? parent.slice(0, -'.NestedStack'.length) : path;
}

function objectIn(value: unknown): Json {
  return isObject(value) ? value : {};
}
