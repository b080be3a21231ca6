import { deepStrictEqual } from 'node:assert';
import { Checks } from '../checks';

const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';

/** What the README promises of its first example. */
export function checkPromises(checks: Checks, readTemplate: () => any): void {
  let template: any;
  checks.check('the example has a template', () => {
    template = readTemplate();
    return `${Object.keys(template.Resources).length} resources`;
  });
  const find = (type: string): any[] => Object.values<any>(template.Resources).filter((resource) => resource.Type === type);

  checks.check('the container has the credentials', () => {
    const containers = find('AWS::ECS::TaskDefinition').flatMap((resource) => resource.Properties.ContainerDefinitions);
    deepStrictEqual(containers.map(({ Image, RepositoryCredentials }) => ({ Image, RepositoryCredentials })), [
      { Image: 'ghcr.io/acme/api:1.4.2', RepositoryCredentials: { CredentialsParameter: SECRET } },
    ]);
  });
  checks.check('the execution role and the function of the pull check may read this secret, and no other', () => {
    const statements = find('AWS::IAM::Policy').flatMap((resource) => resource.Properties.PolicyDocument.Statement);
    const read = { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: SECRET };
    deepStrictEqual(statements.filter(({ Action }) => String(Action).includes('secretsmanager:')), [read, read]);
  });
  checks.check('the task definition waits for the check of its image', () => {
    const [check] = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'Custom::PrivateRegistryPullCheck');
    deepStrictEqual(find('AWS::ECS::TaskDefinition').map(({ DependsOn }) => DependsOn.includes(check)), [true]);
    deepStrictEqual(template.Resources[check].Properties.Image, 'ghcr.io/acme/api:1.4.2');
  });
  checks.check('one service runs two tasks, and rolls back a deployment that fails', () => {
    const services = find('AWS::ECS::Service').map((resource) => resource.Properties);
    deepStrictEqual(services.map(({ DesiredCount, DeploymentConfiguration }) => ({ DesiredCount, ...DeploymentConfiguration })), [{
      DesiredCount: 2,
      DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      MaximumPercent: 200,
      MinimumHealthyPercent: 100,
    }]);
  });
}
