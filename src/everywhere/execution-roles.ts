import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { IConstruct } from 'constructs';
import { constructsIn } from './covered';
import { stageOf } from '../private/scopes';

interface Statement {
  readonly Effect: string;
  readonly Action?: string | string[];
  readonly Resource?: unknown;
}

/** What allows somebody to run a task, and what is needed in addition to pass the roles of the task. */
const RUN = ['ecs:RunTask', 'iam:PassRole'];

/**
 * Makes the execution roles that task definitions do not have yet. Whoever was allowed to run such a task before has to be allowed to
 * pass its role: EventBridge and Step Functions ask for the role when they are defined.
 */
export function makeExecutionRoles(tasks: Iterable<ecs.TaskDefinition>): void {
  const without = [...new Set(tasks)].filter((task) => task.executionRole === undefined);
  if (without.length === 0) {
    return;
  }
  const policies = policiesByResource(without[0]);
  for (const task of without) {
    const role = task.obtainExecutionRole();
    for (const policy of new Set([task.taskDefinitionArn, task.taskRole.roleArn].flatMap((arn) => policies.get(arn) ?? []))) {
      if (!allows(policy, 'iam:PassRole', role.roleArn)) {
        policy.document.addStatements(new iam.PolicyStatement({ actions: ['iam:PassRole'], resources: [role.roleArn] }));
      }
    }
  }
}

function policiesByResource(construct: IConstruct): Map<string, Array<iam.Policy | iam.ManagedPolicy>> {
  const policies = new Map<string, Array<iam.Policy | iam.ManagedPolicy>>();
  for (const policy of constructsIn(stageOf(construct)).filter(isPolicy)) {
    const resources = statementsOf(policy).filter((statement) => RUN.some((action) => hasAction(statement, action))).flatMap(resourcesOf);
    for (const resource of resources) {
      policies.set(resource, [...policies.get(resource) ?? [], policy]);
    }
  }
  return policies;
}

function allows(policy: iam.Policy | iam.ManagedPolicy, action: string, resource: string): boolean {
  return statementsOf(policy).some((statement) => hasAction(statement, action) && resourcesOf(statement).includes(resource));
}

/** As they were written: nothing is resolved. */
function statementsOf({ document }: iam.Policy | iam.ManagedPolicy): Statement[] {
  const statements: Statement[] = document.toJSON()?.Statement ?? [];
  return statements.filter(({ Effect }) => Effect === 'Allow');
}

function hasAction({ Action = [] }: Statement, action: string): boolean {
  return [Action].flat().includes(action);
}

function resourcesOf({ Resource = [] }: Statement): string[] {
  return [Resource].flat().filter((resource): resource is string => typeof resource === 'string');
}

function isPolicy(construct: unknown): construct is iam.Policy | iam.ManagedPolicy {
  return construct instanceof iam.Policy || construct instanceof iam.ManagedPolicy;
}
