/** Who a policy belongs to. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

/** A statement, and where it is. */
export interface FoundStatement {
  /** The logical id of the resource. */
  readonly id: string;
  readonly type: string;
  readonly kind: PolicyKind;
  readonly statement: any;
}

/** Every statement of every policy of a template, wherever it stands. */
export function statementsOf(template: any): FoundStatement[] {
  return Object.entries<any>(template.Resources ?? {}).flatMap(([id, { Type: type, Properties }]) => (
    within(Properties).map(({ property, statement }) => ({ id, type, kind: kindOf(type, property), statement }))
  ));
}

/** The policies of AWS that roles have. */
export function managedPoliciesOf(template: any): string[] {
  return Object.entries<any>(template.Resources ?? {})
    .flatMap(([id, { Properties }]) => [Properties?.ManagedPolicyArns ?? []].flat().map((arn) => `${id}: ${textOf(arn)}`));
}

/** A value as one text, with intrinsic functions as `${...}`. */
export function textOf(value: any): string {
  if (typeof value === 'string') {
    return value;
  }
  const join = value?.['Fn::Join'];
  if (join !== undefined) {
    return join[1].map(textOf).join(join[0]);
  }
  return value?.['Fn::Sub'] ?? `\${${value?.Ref ?? JSON.stringify(value)}}`;
}

/** The statements below a value, each with the innermost property that holds its policy. */
function within(value: any, property = ''): Array<{ property: string; statement: any }> {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  const own = [value.Statement ?? []].flat().map((statement) => ({ property, statement }));
  return [...own, ...Object.entries(value).flatMap(([name, one]) => within(one, Array.isArray(value) ? property : name))];
}

function kindOf(type: string, property: string): PolicyKind {
  if (property === 'AssumeRolePolicyDocument') {
    return 'trust';
  }
  return type.startsWith('AWS::IAM::') ? 'identity' : 'resource';
}
