import { App } from './support/app';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useE2e } from './support/use-e2e';

/** The library gives the function's role its rights, and somebody else takes one of them away. */
const SOURCE = `
import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PrivateRegistryImage, PullCheckFunction, RegistryCredentials } from 'cdk-private-registry';

const app = new App();
const secret = app.node.tryGetContext('secret');
const stack = new Stack(app, 'Rights', { env: { account: '111122223333', region: 'eu-west-1' } });
const role = new iam.Role(stack, 'CheckRole', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
role.addToPolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['secretsmanager:*'], resources: [app.node.tryGetContext('denied')] }));

new ecs.FargateTaskDefinition(stack, 'Task').addContainer('main', {
  image: new PrivateRegistryImage('ghcr.io/acme/api:1.4.2', {
    credentials: RegistryCredentials.fromSecretCompleteArn(secret),
    pullCheck: { checkFunction: new PullCheckFunction(stack, 'Check', { role }), trigger: app.node.tryGetContext('denied') },
  }),
});
`;

const e2e = useE2e();
let app: App;

test('the function reads the secret with the rights of its role', async () => {
  const { cloud } = e2e();
  const secret = await storeSecret(cloud, 'ghcr/pull');
  app = App.of(cloud, SOURCE);
  // The function asks for a minute, as rights take a while to arrive everywhere.
  await app.deploy('--context', `secret=${secret}`, '--context', `denied=${secret}`);

  // The secret is imported: the execution role can have more rights than the function.
  const { Reason, Data } = cloud.requests().at(-1)!.answer;
  expect(Data?.Verdict).toBe('SECRET_ACCESS_DENIED');
  expect(Reason).toMatch(/role\/Rights-CheckRole/);

  // The same with the right to read this secret.
  await app.deploy('--context', `secret=${secret}`, '--context', `denied=${await storeSecret(cloud, 'somebody/else')}`);
  expect(cloud.requests().at(-1)?.answer.Data?.Verdict).toBe('OK');
}, 400_000);

searchForSecrets(e2e);
