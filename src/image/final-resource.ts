import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { overridesOf } from '../private/scopes';
import { isIntrinsic, isObject } from '../private/template-json';
import { isSameIn } from '../private/tokens';

/** The members of a resource that aws-cdk-lib closes. */
interface ClosedResource {
  readonly cfnProperties: Record<string, unknown>;
  renderProperties(properties: Record<string, unknown>): Record<string, unknown>;
}

/**
 * A resource that pulls images as it ends up in the template: with properties that were set later, and with overrides.
 */
export abstract class FinalResource {
  /**
   * @param required the properties without which aws-cdk-lib renders none
   */
  constructor(private readonly resource: CfnResource, private readonly required: object = {}) {}

  protected get overrides(): Record<string, unknown> {
    return overridesOf(this.resource).Properties ?? {};
  }

  /**
   * What the template has at a path in its properties. What is elsewhere in an override can depend on the answer, and is not resolved.
   *
   * @param property as much of the property as the answer needs, if the rest can depend on it
   */
  protected read(path: string, property?: unknown): any {
    const stack = Stack.of(this.resource);
    const [key, ...others] = path.split('.');
    const { cfnProperties } = this.resource as unknown as ClosedResource;
    const name = nameIn(cfnProperties, key);
    const value = stack.resolve({ ...this.required, [name]: property ?? cfnProperties[name] });
    const rendered = (this.resource as unknown as ClosedResource).renderProperties(value);
    const final: any = key in this.overrides ? overridden(rendered[key], this.overrides[key]) : rendered[key];
    return stack.resolve(others.reduce((outer, inner) => outer?.[inner], final));
  }

  /**
   * A property as it was set.
   */
  protected given(key: string): unknown {
    const { cfnProperties } = this.resource as unknown as ClosedResource;
    return cfnProperties[nameIn(cfnProperties, key)];
  }

  protected isPull(container: any, image: string, credentialsParameter: string): boolean {
    return this.isSame(container?.Image, image) && this.isSame(container.RepositoryCredentials?.CredentialsParameter, credentialsParameter);
  }

  /**
   * Whether a property is the one that was set before, and no override replaces it.
   */
  protected isStillGiven(key: string, value: unknown): boolean {
    return this.given(key) === value && !(key in this.overrides);
  }

  protected isSame(one: unknown, other: unknown): boolean {
    return isSameIn(Stack.of(this.resource), one, other);
  }
}

/**
 * A value with an override, as aws-cdk-lib merges them: `undefined` deletes.
 */
export function overridden(value: unknown, override: unknown): unknown {
  if (!isObject(override) || Token.isUnresolved(override) || isIntrinsic(override)) {
    return override;
  }
  const merged: any = Array.isArray(value) ? [...value] : isObject(value) && !isIntrinsic(value) ? { ...value } : {};
  for (const [key, inner] of Object.entries(override)) {
    merged[key] = overridden(merged[key], inner);
  }
  return merged;
}

/**
 * The name of a property in a resource. Each class has its own in camel case; `CfnResource` has that of the template.
 */
function nameIn(properties: object, key: string): string {
  const name = `${key[0].toLowerCase()}${key.slice(1)}`;
  return name in properties ? name : key;
}
