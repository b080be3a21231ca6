import { Puller } from './puller';

/**
 * The names of a service, of what it starts and of the role, in messages.
 */
export interface Wording {
  readonly service: string;
  readonly starts: string;
  readonly role: string;
}

export function wordingFor({ service }: Pick<Puller, 'service'>): Wording {
  return service === 'codebuild.amazonaws.com'
    ? { service: 'CodeBuild', starts: 'builds', role: 'role' }
    : { service: 'ECS', starts: 'tasks', role: 'execution role' };
}
