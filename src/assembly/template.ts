import { World } from './world';
import { functionIn, isObject } from '../private/template-json';
import { PULL_CHECK_TYPE } from '../pull-check/contract';

/** Of what a value refers to and what that refers to. */
const DEEPEST_REFERENCE = 100;

/** The attributes of a pull check, and the properties that they are, but for the digest and for what a name or a partial ARN lacks. */
const CHECK_ATTRIBUTES: Readonly<Record<string, string>> = { Image: 'Image', CredentialsParameter: 'Secret' };

/** The beginning of what only the deployment knows: a function of CloudFormation as it is shown, or a dynamic reference. */
const UNKNOWN = /\$\{|\{\{resolve:/;
/** Two of these look alike, and can be different. */
const NAMELESS = /\$\{(?:Fn::\w+|\.\.\.)\}/;

const INCLUDE = 'AWS::Include';

export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  readonly json: Record<string, unknown>;
}

export function isKnown(text: string): boolean {
  return !UNKNOWN.test(text);
}

/** Whether texts that are the same are certainly the same value in one environment. */
export function isNamed(text: string): boolean {
  return !NAMELESS.test(text);
}

/** The text before the first part that is not known. */
export function knownPrefix(text: string): string {
  return text.split(UNKNOWN)[0];
}

export interface Export {
  readonly template: Template;
  readonly value: unknown;
}

/** A template, and the values in it as far as they are literal: what only the deployment knows is `${...}`. */
export class Template {
  public readonly resources: ReadonlyMap<string, Resource>;
  /** The templates of nested stacks, by the logical ids of their resources. */
  private readonly nested = new Map<string, Template>();
  private depth = 0;

  /**
   * @param name of the stack
   * @param environment the pseudo parameters that are known
   * @param exports of all stacks, to which this adds its own
   * @param parent the template with the nested stack that this is
   */
  constructor(
    public readonly name: string,
    private readonly json: Record<string, unknown>,
    public readonly environment: Readonly<Record<string, string>>,
    private readonly exports: Map<string, Export[]>,
    private readonly parent?: { readonly template: Template; readonly resource: Resource; readonly parameters: Readonly<Record<string, unknown>> },
  ) {
    this.resources = new Map(resourcesIn(json.Resources).map((resource) => [resource.logicalId, resource]));
    for (const output of Object.values(isObject(json.Outputs) ? json.Outputs : {})) {
      if (isObject(output) && isObject(output.Export)) {
        const exportName = String(this.text(output.Export.Name, new World([])));
        exports.set(exportName, [...exports.get(exportName) ?? [], { template: this, value: output.Value }]);
      }
    }
  }

  /** Adds the template of a nested stack. */
  public nest(resource: Resource, name: string, json: Record<string, unknown>): Template {
    const { Parameters: parameters } = propertiesOf(resource);
    const parent = { template: this, resource, parameters: isObject(parameters) ? parameters : {} };
    const nested = new Template(name, json, this.environment, this.exports, parent);
    this.nested.set(resource.logicalId, nested);
    return nested;
  }

  /** A macro of somebody, which can change everything at the deployment. */
  public get macro(): string | undefined {
    const names = [this.json.Transform].flat().map((transform) => (isObject(transform) ? transform.Name : transform));
    return names.filter((name) => name !== undefined).map(String).find((name) => !name.startsWith('AWS::'));
  }

  /** What can add resources, like AWS::Include. */
  public get resourcesMacro(): string | undefined {
    const { Resources: resources, Transform: transforms } = this.json;
    return macroIn(resources) ?? ([transforms].flat().some((transform) => isObject(transform) && transform.Name === INCLUDE) ? INCLUDE : undefined);
  }

  /** A value as a text; undefined if it is absent. */
  public text(value: unknown, world: World): string | undefined {
    const resolved = this.resolve(value, world);
    return resolved === undefined || resolved === null ? undefined : isObject(resolved) || Array.isArray(resolved) ? '${...}' : String(resolved);
  }

  /** A value without a function of CloudFormation around it; within it there can be others. */
  public resolve(value: unknown, world: World): unknown {
    const name = functionIn(value);
    if (name === undefined) {
      return value;
    }
    return this.deeper(() => this.call(name, (value as Record<string, unknown>)[name], world), `\${${name}}`);
  }

  /** Whether a resource is created. */
  public creates({ json: { Condition: condition } }: Resource, world: World): boolean {
    const { template, resource } = this.parent ?? {};
    return (typeof condition !== 'string' || this.holds(condition, world)) && (template === undefined || template.creates(resource!, world));
  }

  private holds(name: string, world: World): boolean {
    const conditions = isObject(this.json.Conditions) ? this.json.Conditions : {};
    return this.deeper(() => this.isTrue(conditions[name] ?? name, world), false);
  }

  /** In a template that CloudFormation refuses, a reference can lead back to itself. */
  private deeper<T>(read: () => T, otherwise: T): T {
    if (this.depth === DEEPEST_REFERENCE) {
      return otherwise;
    }
    this.depth++;
    try {
      return read();
    } finally {
      this.depth--;
    }
  }

  private call(name: string, argument: unknown, world: World): unknown {
    const list = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Ref': return this.refer(String(argument), world);
      case 'Fn::GetAtt': return this.attribute(argument, world);
      case 'Fn::If': return this.resolve(this.holds(String(list[0]), world) ? list[1] : list[2], world);
      case 'Fn::Sub': return this.substitute(argument, world);
      case 'Fn::Join': return this.join(String(list[0]), list[1], world);
      case 'Fn::Split': return this.split(String(list[0]), list[1], world);
      case 'Fn::Select': return this.select(list[0], list[1], world);
      case 'Fn::FindInMap': return this.findInMap(list, world);
      case 'Fn::ImportValue': return this.import(this.text(argument, world) ?? '', world);
      default: return `\${${name}}`;
    }
  }

  /** The value of another stack. */
  private import(name: string, world: World): unknown {
    const [found, ...others] = (this.exports.get(name) ?? []).filter(({ template }) => template.canBeIn(this.environment));
    const value = others.length === 0 ? found?.template.fromHere(found.value, world) : undefined;
    return value ?? (/^[\w:-]+$/.test(name) ? `\${Fn::ImportValue:${name}}` : '${Fn::ImportValue}');
  }

  /** Each account has exports of its own in each Region. */
  private canBeIn(environment: Readonly<Record<string, string>>): boolean {
    return Object.entries(environment).every(([name, value]) => (this.environment[name] ?? value) === value);
  }

  /** A value for another template, which names this stack in what only the deployment knows. */
  private fromHere(value: unknown, world: World): unknown {
    const resolved = this.resolve(value, world);
    return typeof resolved === 'string' ? qualified(resolved, this.name) : resolved;
  }

  private refer(name: string, world: World): unknown {
    const { environment, parent } = this;
    if (name === 'AWS::NoValue') {
      return undefined;
    }
    if (parent !== undefined && Object.hasOwn(parent.parameters, name)) {
      return parent.template.fromHere(parent.parameters[name], world);
    }
    return environment[name] ?? `\${${name}}`;
  }

  private attribute(argument: unknown, world: World): unknown {
    const [of, name] = Array.isArray(argument) ? argument : String(argument).split(/\.(.*)/s);
    const resource = this.resources.get(String(of));
    const attribute = this.text(name, world) ?? '';
    if (resource?.type === PULL_CHECK_TYPE && Object.hasOwn(CHECK_ATTRIBUTES, attribute)) {
      return this.resolve(propertiesOf(resource)[CHECK_ATTRIBUTES[attribute]], world);
    }
    if (resource?.type === 'AWS::ECR::Repository' && attribute === 'RepositoryUri') {
      return this.resolve({ 'Fn::Sub': `\${AWS::AccountId}.dkr.ecr.\${AWS::Region}.\${AWS::URLSuffix}/\${${resource.logicalId}}` }, world);
    }
    const output = this.nested.get(String(of))?.output(attribute, world);
    return output ?? `\${${String(of)}.${attribute}}`;
  }

  private output(attribute: string, world: World): unknown {
    const { Outputs: outputs } = this.json;
    const output = isObject(outputs) && attribute.startsWith('Outputs.') ? outputs[attribute.slice('Outputs.'.length)] : undefined;
    return isObject(output) ? this.fromHere(output.Value, world) : undefined;
  }

  private substitute(argument: unknown, world: World): string {
    const [template, values] = [argument].flat();
    const variables = isObject(values) ? values : {};
    return String(template).replace(/\$\{(!?)([^}]*)\}/g, (whole, escape, name: string) => {
      if (escape) {
        return `\${${name}}`;
      }
      const reference = Object.hasOwn(variables, name) ? variables[name] : name.includes('.') ? { 'Fn::GetAtt': name } : { Ref: name };
      return this.text(reference, world) ?? whole;
    });
  }

  private join(separator: string, list: unknown, world: World): string {
    const parts = this.resolve(list, world);
    return Array.isArray(parts) ? parts.flatMap((part) => this.text(part, world) ?? []).join(separator) : '${Fn::Join}';
  }

  private split(separator: string, value: unknown, world: World): unknown {
    const text = this.text(value, world);
    return text !== undefined && isKnown(text) ? text.split(separator) : '${Fn::Split}';
  }

  private select(index: unknown, list: unknown, world: World): unknown {
    const parts = this.resolve(list, world);
    const position = Number(this.text(index, world));
    return Array.isArray(parts) && position in parts ? this.resolve(parts[position], world) : '${Fn::Select}';
  }

  private findInMap(keys: readonly unknown[], world: World): unknown {
    let found: unknown = this.json.Mappings;
    for (const key of keys.slice(0, 3)) {
      const name = this.text(key, world) ?? '';
      found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
    }
    return found ?? '${Fn::FindInMap}';
  }

  private isTrue(expression: unknown, world: World): boolean {
    const [[name, argument] = ['', undefined]] = Object.entries(isObject(expression) ? expression : {});
    const list = Array.isArray(argument) ? argument : [];
    switch (name) {
      case 'Condition': return this.holds(String(argument), world);
      case 'Fn::Not': return !this.isTrue(list[0], world);
      case 'Fn::And': return list.every((part) => this.isTrue(part, world));
      case 'Fn::Or': return list.some((part) => this.isTrue(part, world));
      case 'Fn::Equals': return this.areEqual(list[0], list[1], world);
      default: return world.decide(JSON.stringify(expression));
    }
  }

  private areEqual(one: unknown, other: unknown, world: World): boolean {
    const texts = [one, other].map((value) => this.text(value, world) ?? '');
    if (!texts.every(isNamed)) {
      return world.decide(JSON.stringify([this.name, one, other]));
    }
    const [unknown, ...others] = texts.filter((text) => !isKnown(text));
    if (unknown === undefined || texts[0] === texts[1]) {
      return texts[0] === texts[1];
    }
    if (others.length > 0) {
      return world.decide(JSON.stringify(texts.sort()));
    }
    const [text] = texts.filter((candidate) => isKnown(candidate));
    return world.decideEquality(unknown, text, this.allowedValues(unknown));
  }

  /** The values that a parameter of a stack can have, which is shown as `${Name}`. */
  private allowedValues(unknown: string): string[] | undefined {
    const { Parameters: parameters } = this.json;
    const parameter = isObject(parameters) ? parameters[unknown.slice(2, -1)] : undefined;
    return isObject(parameter) && Array.isArray(parameter.AllowedValues) ? parameter.AllowedValues.map(String) : undefined;
  }
}

/** Names the stack in what only the deployment knows, where another stack can have the same. */
export function qualified(text: string, stack: string): string {
  return text.replace(/\$\{(?=[^:}]*\})/g, () => `\${${stack}:`);
}

/** What adds members to an object that only the deployment knows. */
export function macroIn(value: unknown): string | undefined {
  const transform = isObject(value) ? value['Fn::Transform'] : undefined;
  return isObject(transform) ? String(transform.Name) : undefined;
}

export function propertiesOf({ json }: Resource): Record<string, unknown> {
  return isObject(json.Properties) ? json.Properties : {};
}

/** The resources, and those of each `Fn::ForEach` once. */
function resourcesIn(section: unknown): Resource[] {
  return Object.entries(isObject(section) ? section : {}).flatMap(([logicalId, json]) => {
    if (logicalId.startsWith('Fn::ForEach::')) {
      return resourcesIn(Array.isArray(json) ? json[2] : undefined);
    }
    return isObject(json) ? [{ logicalId, type: String(json.Type), json }] : [];
  });
}
