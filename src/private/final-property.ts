import { CfnResource, Stack, Token } from 'aws-cdk-lib';
import { overridesOf } from './scopes';
import { isIntrinsic } from './tokens';

/** The member of a resource that aws-cdk-lib closes. */
interface ClosedResource {
  renderProperties(properties: Record<string, unknown>): Record<string, unknown>;
}

/**
 * A property as it ends up in the template: as it was set last, and with overrides. No other is read, which could freeze it.
 *
 * @param value the property, or as much of it as is needed
 * @param required stands for the properties without which aws-cdk-lib renders nothing
 */
export function finalProperty(resource: CfnResource, name: string, value: unknown, required: object = {}): any {
  const stack = Stack.of(resource);
  const key = `${name[0].toUpperCase()}${name.slice(1)}`;
  const rendered = (resource as unknown as ClosedResource).renderProperties({ ...required, ...stack.resolve({ [name]: value }) });
  const overrides = overridesOf(resource).Properties ?? {};
  return stack.resolve(key in overrides ? overridden(rendered[key], overrides[key]) : rendered[key]);
}

/**
 * A value with an override, as aws-cdk-lib merges them: `undefined` deletes.
 */
function overridden(value: unknown, override: unknown): unknown {
  if (!isObject(override) || Token.isUnresolved(override) || isIntrinsic(override)) {
    return override;
  }
  const merged: any = Array.isArray(value) ? [...value] : isObject(value) && !isIntrinsic(value) ? { ...value } : {};
  for (const [key, inner] of Object.entries(override)) {
    merged[key] = overridden(merged[key], inner);
  }
  return merged;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Whether two values of a stack are the same in its template.
 */
export function isSameIn(stack: Stack, one: unknown, other: unknown): boolean {
  return JSON.stringify(stack.resolve(one)) === JSON.stringify(stack.resolve(other));
}
