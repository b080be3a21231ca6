import { Puller } from './puller';
import { nameOfRole } from './roles';
import { wordingFor } from './wording';
import { invalid } from '../private/errors';
import { validateLate } from '../private/late';
import { propertiesInTemplate, roleResourceOf } from '../private/scopes';
import { isUnknown } from '../private/tokens';

/**
 * Validates at the end of synth that the service can assume the role: the trust policy can change until then, and so can the role.
 */
export function validateTrust(puller: Puller): void {
  const { scope, role, service } = puller;
  const resource = roleResourceOf(role);
  if (resource === undefined) {
    return;
  }
  validateLate(scope, () => {
    const { AssumeRolePolicyDocument: policy } = propertiesInTemplate(resource);
    const statements: Statement[] = [policy?.Statement ?? {}].flat();
    if (!puller.keepsRole() || statements.some((statement) => canAdmit(statement, service))) {
      return undefined;
    }
    const words = wordingFor(puller);
    const principals = JSON.stringify(statements.map((statement) => statement.Principal));
    return invalid('executionRoleNotAssumable',
      `the ${words.role} ${nameOfRole(role)} cannot be assumed by ${words.service} ${words.starts}, only by ${principals}; `
      + `create it with assumedBy: new iam.ServicePrincipal("${service}")`);
  });
}

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
}

/**
 * A part that only CloudFormation knows, like `Fn::If`, can be the right one.
 */
function canAdmit({ Effect, Principal }: Statement, service: string): boolean {
  if (Effect === 'Deny') {
    return false;
  }
  if (typeof Effect !== 'string' || Principal === undefined || Principal === '*') {
    return true;
  }
  const { Service = [], AWS, ...others } = Principal as Record<string, unknown>;
  const isIntrinsic = Object.keys(others).some((key) => key === 'Ref' || key.startsWith('Fn::'));
  // The name of a service can have a Region or the suffix of a partition.
  const prefix = service.slice(0, service.indexOf('.') + 1);
  return isIntrinsic || [AWS].flat().includes('*')
    || [Service].flat().some((admitted) => typeof admitted !== 'string' || isUnknown(admitted) || admitted.startsWith(prefix));
}
