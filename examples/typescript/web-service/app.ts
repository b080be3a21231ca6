import { App, Stack } from 'aws-cdk-lib';
import { PrivateRegistryFargateService, RegistryCredentials } from 'cdk-private-registry';

const app = new App();
const stack = new Stack(app, 'WebService', { env: { account: '111122223333', region: 'eu-west-1' } });

new PrivateRegistryFargateService(stack, 'Api', {
  image: 'ghcr.io/acme/api:1.4.2',
  credentials: RegistryCredentials.fromSecretCompleteArn('arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3'),
  containerPort: 8080,
  desiredCount: 2,
});
