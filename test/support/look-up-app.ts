import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';

/** An app as users write it: everything that can be looked up is. */
const app = new App();
const stack = new Stack(app, 'Api', { env: { account: '111122223333', region: 'eu-west-1' } });
const version = ssm.StringParameter.valueFromLookup(stack, '/prod/api/version');
const secretArn = ssm.StringParameter.valueFromLookup(stack, '/ghcr/secret-arn');
// Only newer versions of aws-cdk-lib have it.
const { fromLookup } = iam.Role as unknown as { fromLookup?: (scope: Stack, id: string, options: object) => iam.IRole };

const task = new ecs.FargateTaskDefinition(stack, 'Task', {
  executionRole: fromLookup?.call(iam.Role, stack, 'ExecutionRole', { roleName: 'exec' }),
});
task.addContainer('api', {
  image: new PrivateRegistryImage(`ghcr.io/acme/api:${version}`, { credentials: RegistryCredentials.fromSecretCompleteArn(secretArn) }),
});
