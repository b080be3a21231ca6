import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { nameOfRole } from './roles';
import { invalid } from '../private/errors';
import { roleResourceOf } from '../private/scopes';

/**
 * Validates at the end of synth that the service can assume the role: the trust policy can change until then.
 */
export function validateTrust(scope: Construct, role: iam.IRole, service: string): void {
  const resource = roleResourceOf(role);
  if (resource === undefined) {
    return;
  }
  scope.node.addValidation({
    validate: () => {
      // An override can have a single statement.
      const statements: Statement[] = [Stack.of(resource).resolve(resource.assumeRolePolicyDocument).Statement].flat();
      if (statements.some((statement) => admits(statement, service))) {
        return [];
      }
      const principals = JSON.stringify(statements.map((statement) => statement.Principal));
      return [invalid('executionRoleNotAssumable',
        `the execution role ${nameOfRole(role)} cannot be assumed by ECS tasks, only by ${principals}; `
        + `create it with assumedBy: new iam.ServicePrincipal("${service}")`).message];
    },
  });
}

interface Statement {
  readonly Effect: string;
  readonly Principal: unknown;
}

/**
 * A principal that is an unresolved token can be the right one.
 */
function admits({ Effect, Principal }: Statement, service: string): boolean {
  if (Effect !== 'Allow') {
    return false;
  }
  if (Principal === '*') {
    return true;
  }
  const services = [(Principal as { Service?: unknown }).Service ?? []].flat();
  return services.some((admitted) => typeof admitted !== 'string' || admitted === service);
}
