import { Stack } from 'aws-cdk-lib';
import * as kms from 'aws-cdk-lib/aws-kms';
import { PrivateRegistry, RegistryCredentials, RegistryProvider } from '../../src';
import { keyPolicyOf, Permissions } from '../support/permissions';
import { allowAsOwner, LEAST_RIGHTS, pullRights, readersIn, RIGHTS_WITHOUT_KEY, stacksOf } from '../support/pull-rights';
import { CHECKED, ENV, FLAG_SETS, IMAGE, KEY_ARN, newApp, SECRET_ARN } from '../support/synth';
import { defineTask, ownerPoliciesOf, rawImage, rawSecret } from '../support/tasks';

const OWNER = '999988887777';
const OWNERS_SECRET = SECRET_ARN.replace(ENV.account, OWNER);
const OWNERS_KEY = KEY_ARN.replace(ENV.account, OWNER);
const NO_RIGHTS = { ...RIGHTS_WITHOUT_KEY, 'read the secret': false };

describe.each(FLAG_SETS)('with %s', (_flags, flags) => {
  describe('a secret of another account', () => {
    const pull = { secret: OWNERS_SECRET, key: OWNERS_KEY };

    function deploy(): { permissions: Permissions; registry: PrivateRegistry; roles: string[] } {
      const app = newApp({ ...flags, ...CHECKED });
      const stack = new Stack(app, 'Stack', { env: ENV });
      const registry = new PrivateRegistry(stack, 'Ghcr', {
        provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromSecretCompleteArn(OWNERS_SECRET, { encryptionKeyArn: OWNERS_KEY }),
      });
      defineTask(stack, registry.image(IMAGE));
      const permissions = new Permissions(...stacksOf(app.synth()));
      permissions.setResourcePolicy(OWNERS_KEY, keyPolicyOf(OWNER));
      const { executionRole, checkRole = '' } = readersIn(permissions);
      return { permissions, registry, roles: [executionRole, checkRole] };
    }

    test('may be read with what ownerPolicies() says, and by nobody else', async () => {
      const { permissions, registry, roles } = deploy();
      const { secretPolicy, keyPolicy } = ownerPoliciesOf(registry);
      allowAsOwner(permissions, OWNERS_SECRET, secretPolicy);
      allowAsOwner(permissions, OWNERS_KEY, keyPolicy);

      for (const role of roles) {
        expect(await pullRights(permissions, { role, ...pull })).toEqual(LEAST_RIGHTS);
      }

      // The same rights in another stack of the account, whose roles the owner has not listed.
      const stranger = roles[0].replace('role/Stack-', 'role/Other-');
      permissions.setIdentityPolicies(stranger, permissions.policiesOf(roles[0]));
      expect(await pullRights(permissions, { role: stranger, ...pull })).toEqual(NO_RIGHTS);
    });

    test('may not be read as long as its owner has not allowed it', async () => {
      const { permissions, roles } = deploy();

      for (const role of roles) {
        expect(await pullRights(permissions, { role, ...pull })).toEqual(NO_RIGHTS);
      }
    });

    test('may be read and not decrypted if only the secret has the policy', async () => {
      const { permissions, registry, roles } = deploy();
      allowAsOwner(permissions, OWNERS_SECRET, ownerPoliciesOf(registry).secretPolicy);

      for (const role of roles) {
        expect(await pullRights(permissions, { role, ...pull })).toEqual(RIGHTS_WITHOUT_KEY);
      }
    });

    test('aws-cdk-lib alone: may not be decrypted, whatever its owner allows', async () => {
      const { registry } = deploy();
      const app = newApp(flags);
      const stack = new Stack(app, 'Stack', { env: ENV });
      defineTask(stack, rawImage(rawSecret(stack, OWNERS_SECRET, kms.Key.fromKeyArn(stack, 'Key', OWNERS_KEY))));
      const permissions = new Permissions(...stacksOf(app.synth()));
      permissions.setResourcePolicy(OWNERS_KEY, keyPolicyOf(OWNER));
      allowAsOwner(permissions, OWNERS_SECRET, ownerPoliciesOf(registry).secretPolicy);
      allowAsOwner(permissions, OWNERS_KEY, ownerPoliciesOf(registry).keyPolicy);

      const rights = await pullRights(permissions, { role: readersIn(permissions).executionRole, ...pull });
      expect(rights['decrypt it']).toBe(false);
    });
  });

  describe('a secret that is replicated', () => {
    const MULTI_REGION_KEY = KEY_ARN.replace('key/00000000-1111-2222-3333-444444444444', 'key/mrk-00000000111122223333444444444444');

    test.each([ENV.region, 'eu-central-1'])('%s: the replica and its key may be used, and those of the other Region not', async (region) => {
      const app = newApp({ ...flags, ...CHECKED });
      const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: MULTI_REGION_KEY, replicaRegions: ['eu-central-1'] });
      const registry = new PrivateRegistry(new Stack(app, 'Stack', { env: { ...ENV, region } }), 'Ghcr', { provider: RegistryProvider.GHCR, credentials });
      defineTask(Stack.of(registry), registry.image(IMAGE));
      const permissions = new Permissions(...stacksOf(app.synth()));
      const { secret, executionRole, checkRole = '' } = readersIn(permissions);
      const here = (arn: string) => arn.replace(ENV.region, region);
      const away = (arn: string) => arn.replace(ENV.region, region === ENV.region ? 'eu-central-1' : ENV.region);
      for (const key of [here, away].map((place) => place(MULTI_REGION_KEY))) {
        permissions.setResourcePolicy(key, keyPolicyOf(ENV.account));
      }

      expect(secret).toBe(here(SECRET_ARN));
      for (const role of [executionRole, checkRole]) {
        expect(await pullRights(permissions, { role, secret, key: here(MULTI_REGION_KEY) })).toEqual(LEAST_RIGHTS);
        expect(await pullRights(permissions, { role, secret: away(SECRET_ARN), key: away(MULTI_REGION_KEY) })).toEqual(NO_RIGHTS);
      }
    });

    test('aws-cdk-lib alone: may not be decrypted, but be described', async () => {
      const app = newApp(flags);
      const stack = new Stack(app, 'Stack', { env: ENV });
      defineTask(stack, rawImage(rawSecret(stack, SECRET_ARN, kms.Key.fromKeyArn(stack, 'Key', MULTI_REGION_KEY))));
      const permissions = new Permissions(...stacksOf(app.synth()));
      permissions.setResourcePolicy(MULTI_REGION_KEY, keyPolicyOf(ENV.account));
      const { secret, executionRole: role } = readersIn(permissions);

      expect(await pullRights(permissions, { role, secret, key: MULTI_REGION_KEY })).toEqual({ ...RIGHTS_WITHOUT_KEY, 'describe the secret': true });
    });
  });

  test('a secret of another Region: its own Region and key', async () => {
    const inVirginia = (arn: string) => arn.replace(ENV.region, 'us-east-1');
    const app = newApp({ ...flags, ...CHECKED });
    const stack = new Stack(app, 'Stack', { env: ENV });
    const registry = new PrivateRegistry(stack, 'Ghcr', {
      provider: RegistryProvider.GHCR,
      credentials: RegistryCredentials.fromSecretCompleteArn(inVirginia(SECRET_ARN), { encryptionKeyArn: inVirginia(KEY_ARN) }),
    });
    defineTask(stack, registry.image(IMAGE));
    const permissions = new Permissions(...stacksOf(app.synth()));
    permissions.setResourcePolicy(inVirginia(KEY_ARN), keyPolicyOf(ENV.account));
    const { secret, executionRole: role } = readersIn(permissions);

    expect(secret).toBe(inVirginia(SECRET_ARN));
    expect(await pullRights(permissions, { role, secret, key: inVirginia(KEY_ARN) })).toEqual(LEAST_RIGHTS);
  });

  test('a key whose policy leaves nothing to IAM: only its owner can allow it', async () => {
    const app = newApp({ ...flags, ...CHECKED });
    const stack = new Stack(app, 'Stack', { env: ENV });
    const registry = new PrivateRegistry(stack, 'Ghcr', {
      provider: RegistryProvider.GHCR, credentials: RegistryCredentials.fromSecretCompleteArn(SECRET_ARN, { encryptionKeyArn: KEY_ARN }),
    });
    defineTask(stack, registry.image(IMAGE));
    const permissions = new Permissions(...stacksOf(app.synth()));
    permissions.setResourcePolicy(KEY_ARN, {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ENV.account}:role/admin` }, Action: 'kms:*', Resource: '*' }],
    });
    const { secret, executionRole: role } = readersIn(permissions);
    expect(await pullRights(permissions, { role, secret, key: KEY_ARN })).toEqual(RIGHTS_WITHOUT_KEY);

    allowAsOwner(permissions, KEY_ARN, ownerPoliciesOf(registry).keyPolicy);
    expect(await pullRights(permissions, { role, secret, key: KEY_ARN })).toEqual(LEAST_RIGHTS);
  });
});
