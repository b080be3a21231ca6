// What a template consists of. Without the CDK: the command line reads templates, too.

/**
 * Whether a value that cdk still has to look up in AWS can change an image. Availability zones, which every new VPC asks for, cannot.
 */
export function isNeededContext({ provider }: { readonly provider?: unknown }): boolean {
  return provider !== 'availability-zones';
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The name of the function of CloudFormation that a value in a template is.
 */
export function functionIn(value: unknown): string | undefined {
  const [key = '', ...others] = isObject(value) ? Object.keys(value) : [];
  return others.length === 0 && /^(?:Ref|Fn::\w+)$/.test(key) ? key : undefined;
}

/**
 * Whether a value of a template is a function of CloudFormation, whose result is not known.
 */
export function isIntrinsic(value: unknown): boolean {
  return functionIn(value) !== undefined;
}
