import { Template } from './moving-over.configurations';

/** A property of one type of resources that differs, as CloudFormation prints it. */
export interface Difference {
  readonly type: string;
  /** The path of the property, with `[]` for any element of a list. */
  readonly path: string;
  /** JSON, the type of a resource that is waited for, or a permission; undefined if it is not there. */
  readonly raw?: string;
  readonly ours?: string;
}

/** The properties that are policies. */
const POLICIES = ['PolicyDocument', 'KeyPolicy'];

/** Where two templates differ in the resources of the first. */
export function differences(raw: Template, ours: Template): Difference[] {
  return Object.entries(raw.Resources).flatMap(([id, resource]) => [
    ...compareDependencies(raw, ours, id),
    ...POLICIES.flatMap((policy) => compareSets(`Properties.${policy}`, permissions(raw, id, policy), permissions(ours, id, policy))),
    ...compareLeaves('', withoutSets(raw, id), withoutSets(ours, id)),
  ].map((difference) => ({ type: resource.Type, ...difference })));
}

type Change = Omit<Difference, 'type'>;

/** Compared by logical id, and told by type: an id says nothing outside its template. */
function compareDependencies(raw: Template, ours: Template, id: string): Change[] {
  const typeOf = (name?: string) => name && (raw.Resources[name] ?? ours.Resources[name]).Type;
  return compareSets('DependsOn', raw.Resources[id].DependsOn ?? [], ours.Resources[id].DependsOn ?? [])
    .map((change) => ({ ...change, raw: typeOf(change.raw), ours: typeOf(change.ours) }));
}

/** One by one: how they are put together in statements depends on the feature flags. */
function permissions(template: Template, id: string, policy: string): string[] {
  const statements: any[] = template.Resources[id].Properties?.[policy]?.Statement ?? [];
  return statements.flatMap(({ Effect, Action, Resource, Principal, Condition }) => (
    [Action].flat().flatMap((action) => [Resource].flat().map((resource) => [
      `${Effect} ${action} on ${JSON.stringify(resource)}`,
      ...(Principal ? [`to ${JSON.stringify(Principal)}`] : []),
      ...(Condition ? [`if ${JSON.stringify(Condition)}`] : []),
    ].join(' ')))
  ));
}

function withoutSets(template: Template, id: string): any {
  const { DependsOn, Properties, ...rest } = template.Resources[id];
  const policies = POLICIES.map((policy) => [policy, { ...Properties?.[policy], Statement: undefined }]);
  return { ...rest, Properties: { ...Properties, ...Object.fromEntries(policies) } };
}

function compareSets(path: string, raw: string[], ours: string[]): Change[] {
  return [
    ...raw.filter((element) => !ours.includes(element)).map((element) => ({ path, raw: element })),
    ...ours.filter((element) => !raw.includes(element)).map((element) => ({ path, ours: element })),
  ];
}

function compareLeaves(path: string, raw: any, ours: any): Change[] {
  if (Array.isArray(raw) && Array.isArray(ours) && raw.length === ours.length) {
    return raw.flatMap((element, index) => compareLeaves(`${path}[]`, element, ours[index]));
  }
  if (isObject(raw) && isObject(ours)) {
    return [...new Set([...Object.keys(raw), ...Object.keys(ours)])]
      .flatMap((key) => compareLeaves(path === '' ? key : `${path}.${key}`, raw[key], ours[key]));
  }
  return JSON.stringify(raw) === JSON.stringify(ours) ? [] : [{ path, raw: JSON.stringify(raw), ours: JSON.stringify(ours) }];
}

function isObject(value: any): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
