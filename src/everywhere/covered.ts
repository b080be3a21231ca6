import { Stage } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';
import { RegistryPull } from '../image/prepare-pull';
import { isUnknown } from '../private/tokens';
import { ECR } from '../registries/ecr';
import { registryOfHost } from '../registries/registries';

/** The registries that each scope authenticates. */
const REGISTRIES = new WeakMap<IConstruct, RegistryPull[]>();
const EXEMPT = new WeakSet<IConstruct>();

/**
 * The registry of a host, and the scope that authenticates it.
 */
export interface Coverage {
  readonly scope: IConstruct;
  readonly pull: RegistryPull;
}

export function registriesOf(scope: IConstruct): RegistryPull[] {
  const registries = REGISTRIES.get(scope) ?? [];
  REGISTRIES.set(scope, registries);
  return registries;
}

export function exemptScope(scope: IConstruct): void {
  EXEMPT.add(scope);
}

export function isExempt(construct: IConstruct): boolean {
  return EXEMPT.has(construct);
}

/**
 * Whether any scope around the construct authenticates registries.
 */
export function isCovered(construct: IConstruct): boolean {
  return construct.node.scopes.some((scope) => REGISTRIES.has(scope));
}

/**
 * The nearest scope that authenticates the host, unless one that is exempt is nearer.
 */
export function coverageOf(construct: IConstruct, host: string): Coverage | undefined {
  if (registryOfHost(host) === ECR) {
    return undefined;
  }
  for (const scope of [...construct.node.scopes].reverse()) {
    if (EXEMPT.has(scope)) {
      return undefined;
    }
    // Until a host was looked up, it would be that of every image.
    const pull = REGISTRIES.get(scope)?.find(({ provider }) => !isUnknown(provider.host) && provider.servesHost(host));
    if (pull) {
      return { scope, pull };
    }
  }
  return undefined;
}

/**
 * A construct and all below it that is synthesized together with it.
 */
export function constructsIn(scope: IConstruct): IConstruct[] {
  return [scope, ...childrenOf(scope).flatMap(constructsIn)];
}

export function childrenOf(construct: IConstruct): IConstruct[] {
  return construct.node.children.filter((child) => !Stage.isStage(child));
}
