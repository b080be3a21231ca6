import { App } from './support/app';
import { Deployed } from './support/deployed';
import { searchForSecrets } from './support/search-for-secrets';
import { storeSecret, useMiniStack } from './support/world';

/**
 * What only the function's answer can say: the full ARN of a secret that is known by name, which has a slash so that ECS would
 * not take the name, and the digest of a tag. And an image whose tag is a parameter, so that its check is updated.
 */
const SOURCE = `
import { App, CfnParameter, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { PrivateRegistryImage, RegistryCredentials } from 'cdk-private-registry';

const stack = new Stack(new App(), 'Attributes', { env: { account: '111122223333', region: 'eu-west-1' } });
const tag = new CfnParameter(stack, 'Tag', { default: '1.4.2' }).valueAsString;
const add = (id: string, image: ecs.ContainerImage) => new ecs.FargateTaskDefinition(stack, id).addContainer('main', { image });

add('ByName', new PrivateRegistryImage('ghcr.io/acme/web:2.0.0', { credentials: RegistryCredentials.fromSecretName('team-a/ghcr') }));
add('Pinned', new PrivateRegistryImage('ghcr.io/acme/api:1.4.2', { credentials: RegistryCredentials.fromSecretName('team-a/ghcr'), pinDigest: true }));
add('ByParameter', new PrivateRegistryImage(\`ghcr.io/acme/api:\${tag}\`, { credentials: RegistryCredentials.fromSecretName('team-a/ghcr') }));
`;

const world = useMiniStack();
let app: App;
let secret: string;
let attributes: Deployed;

beforeAll(async () => {
  const { cloud } = world();
  secret = await storeSecret(cloud, 'team-a/ghcr');
  // A secret whose name goes on where the other ends: its ARN is what a careless pattern would take, too.
  await storeSecret(cloud, 'team-a/ghcr-abcdef', { username: 'somebody', password: 'of-s0mebody-3lse' });
  app = App.of(cloud, SOURCE);
  attributes = new Deployed(cloud, 'Attributes');
});

async function container(family: string) {
  const arns = await world().cloud.resources('Attributes', 'AWS::ECS::TaskDefinition');
  const task = await attributes.task(arns.find((arn) => arn.includes(family)));
  return { ...task.containerDefinitions![0], role: task.executionRoleArn! };
}

test('a secret that is known by name is in the task definition by its full ARN', async () => {
  await app.deploy();

  expect(await container('ByName')).toMatchObject({ image: 'ghcr.io/acme/web:2.0.0', repositoryCredentials: { credentialsParameter: secret } });
});

test('a pinned image is in the task definition by the digest that the registry has', async () => {
  const { internet } = world();
  const { image, repositoryCredentials } = await container('Pinned');

  expect(image).toBe(`ghcr.io/acme/api@${internet.digests['1.4.2']}`);
  expect(repositoryCredentials).toEqual({ credentialsParameter: secret });
});

test('a tag from a parameter updates its check, and a wrong one stops there', async () => {
  const { cloud } = world();
  await app.deploy('--parameters', 'Tag=1.5.0');
  expect(cloud.requests().at(-1)).toMatchObject({ event: { RequestType: 'Update', ResourceProperties: { Image: 'ghcr.io/acme/api:1.5.0' } }, answer: { Data: { Verdict: 'OK' } } });
  expect((await container('ByParameter')).image).toBe('ghcr.io/acme/api:1.5.0');

  const { status } = await app.tryDeploy('--parameters', 'Tag=9.9.9');
  expect(status).not.toBe(0);
  expect(await attributes.failures()).toMatchObject([{ status: 'UPDATE_FAILED', verdict: 'IMAGE_NOT_FOUND' }]);
});

test('a rollback is not stopped by the same check, even if the old image is gone by now', async () => {
  const { cloud, internet } = world();
  // From here on the registry rejects the credentials, so that neither the new nor the old image can be pulled.
  internet.rotate(internet.accounts[0].username, 'another-t0ken-Xx9');
  const { status } = await app.tryDeploy('--parameters', 'Tag=8.8.8');

  expect(status).not.toBe(0);
  const [refused, back] = cloud.requests().slice(-2);
  expect(refused).toMatchObject({ event: { RequestType: 'Update', ResourceProperties: { Image: 'ghcr.io/acme/api:8.8.8' } }, answer: { Status: 'FAILED' } });
  expect(back).toMatchObject({
    event: { RequestType: 'Update', ResourceProperties: { Image: 'ghcr.io/acme/api:1.5.0' } },
    answer: { Status: 'SUCCESS', Data: { Verdict: 'CREDENTIALS_REJECTED', Image: 'ghcr.io/acme/api:1.5.0', CredentialsParameter: secret } },
  });
  expect(await attributes.status()).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await container('ByParameter')).image).toBe('ghcr.io/acme/api:1.5.0');
});

test('a check that could not even be asked is deleted', async () => {
  const { cloud } = world();
  await app.destroy();

  expect(cloud.requests().slice(-3).map(({ event, answer }) => [event.RequestType, answer.Status])).toEqual(Array(3).fill(['Delete', 'SUCCESS']));
});

searchForSecrets(world, 'of-s0mebody-3lse');
