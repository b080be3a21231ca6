import { posix } from 'node:path';
import { propertiesOf, Resource, Template } from './template';
import { World } from './world';
import { isObject } from '../private/template-json';

/** What the manifest says about the constructs of a stack: entries by the paths of the constructs. */
export type Metadata = Readonly<Record<string, unknown>>;

/** The files of an assembly that are uploaded, by the keys of their objects. */
export type Assets = ReadonlyMap<string, string>;

/** What surrounds the template of a stack and those of its nested stacks. */
export class StackFiles {
  /** The same logical id is in several nested stacks. */
  private readonly paths = new Map<string, string[]>();
  /** Of the synthesizers that pass assets by parameters: the file of each parameter with a bucket. */
  private readonly parameters = new Map<string, string>();

  constructor(private readonly directory: string, metadata: Metadata, private readonly assets: Assets) {
    for (const [path, entries] of Object.entries(metadata)) {
      for (const { type, data } of Array.isArray(entries) ? entries.filter(isObject) : []) {
        if (type === 'aws:cdk:logicalId') {
          this.paths.set(String(data), [...this.paths.get(String(data)) ?? [], path.replace(/^\//, '')]);
        }
        if (type === 'aws:cdk:asset' && isObject(data)) {
          this.parameters.set(String(data.s3BucketParameter), String(data.path));
        }
      }
    }
  }

  /**
   * The path of the construct of a resource.
   *
   * @param scope the path of its nested stack
   */
  public pathOf({ logicalId, json }: Resource, scope: string | undefined): string | undefined {
    const path = isObject(json.Metadata) ? json.Metadata['aws:cdk:path'] : undefined;
    if (typeof path === 'string') {
      return path;
    }
    // An id stands for the path within the nested stack, so those in deeper ones are longer.
    const candidates = this.paths.get(logicalId)?.filter((candidate) => scope === undefined || candidate.startsWith(`${scope}/`)) ?? [];
    return candidates.sort((one, other) => one.length - other.length)[0];
  }

  /** The file with the template of a nested stack, if the assembly has it. */
  public templateFileOf(parent: Template, resource: Resource): string | undefined {
    const file = this.assetOf(parent, resource);
    return file === undefined ? undefined : posix.join(this.directory, file);
  }

  private assetOf(parent: Template, resource: Resource): string | undefined {
    const path = isObject(resource.json.Metadata) ? resource.json.Metadata['aws:asset:path'] : undefined;
    if (typeof path === 'string') {
      return path;
    }
    const parts = parent.text(propertiesOf(resource).TemplateURL, new World([]))?.split('/') ?? [];
    const keys = parts.map((_, index) => parts.slice(index).join('/'));
    const parameters = parts.map((part) => /(\w+)\}$/.exec(part)?.[1] ?? '');
    return [...keys.map((key) => this.assets.get(key)), ...parameters.map((name) => this.parameters.get(name))].find((found) => found !== undefined);
  }
}
