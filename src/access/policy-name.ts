import { Names, Stack } from 'aws-cdk-lib';
import { IConstruct } from 'constructs';

const LONGEST_NAME = 128;
/** More than the longest Region has today, `us-isof-south-1`. */
const LONGEST_REGION = 20;

/**
 * The name of an inline policy on a role that has policies of other stacks too. Roles are global, and of two policies with one name
 * the last one wins. So the name contains the stack, by the path of `scope`, and the Region.
 *
 * @param purpose what the policy is for
 * @param id tells apart the policies of one scope on one role
 */
export function policyName(scope: IConstruct, purpose: string, id: string = ''): string {
  const suffix = id === '' ? '' : `-${id}`;
  const maxLength = LONGEST_NAME - `${purpose}-${suffix}-`.length - LONGEST_REGION;
  return `${purpose}-${Names.uniqueResourceName(scope, { maxLength, allowedSpecialCharacters: '-' })}${suffix}-${Stack.of(scope).region}`;
}
