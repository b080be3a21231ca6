import * as ecs from 'aws-cdk-lib/aws-ecs';
import { row } from './silent-failures';
import { PrivateRegistry, PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../src';
import { expectError, expectWarning } from '../support/errors';
import { containersOf, FLAG_SETS, newStack, templateOf, warningsOf } from '../support/synth';
import { CREDENTIALS, defineTask, rawSecret } from '../support/tasks';

describe.each(FLAG_SETS)('with %s', (_, flags) => {
  /** The warnings of aws-cdk-lib about an image with credentials, which it renders as it is. */
  function rawWarnings(image: string): string[] {
    const raw = newStack(flags);
    defineTask(raw, ecs.ContainerImage.fromRegistry(image, { credentials: rawSecret(raw) }));
    templateOf(raw);
    expect(containersOf(raw)[0].Image).toBe(image);
    return warningsOf(raw);
  }

  describe(row('invalidImageReference'), () => {
    test.each([
      ['a scheme', 'https://ghcr.io/acme/api:1', 'write "ghcr.io/acme/api:1"'],
      ['spaces', 'ghcr.io/acme/api :1', 'spaces'],
      ['upper case', 'ghcr.io/Acme/api:1', 'write "acme/api"'],
    ])('fails with the correct form, where aws-cdk-lib accepts %s', (_name, image, text) => {
      expect(rawWarnings(image)).toEqual([]);
      expectError(() => new PrivateRegistryImage(image, { credentials: CREDENTIALS }), 'invalidImageReference', text);
    });

    test('fails without repeating the password, where aws-cdk-lib accepts user:password@', () => {
      const image = 'bot:hunter2-hunter2@ghcr.io/acme/api:1';
      expect(rawWarnings(image)).toEqual([]);

      const message = expectError(() => new PrivateRegistryImage(image, { credentials: CREDENTIALS }), 'invalidImageReference');
      expect(message).not.toContain('hunter2');
    });
  });

  describe(row('imageOfOtherHost'), () => {
    test.each([
      ['another host', 'quay.io/acme/api:1', 'quay.io'],
      ['no host', 'acme/api:1', 'docker.io'],
    ])('fails with both hosts, where aws-cdk-lib accepts an image with %s', (_name, image, host) => {
      expect(rawWarnings(image)).toEqual([]);

      const ghcr = new PrivateRegistry(newStack(flags), 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
      expectError(() => ghcr.image(image), 'imageHostMismatch', image, host, 'ghcr.io');
    });
  });

  describe(row('ecrImage'), () => {
    test('fails with what to use, where aws-cdk-lib warns about something else', () => {
      const image = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/acme/api:1';
      expect(rawWarnings(image)).toEqual([expect.stringContaining('ecrImageRequiresPolicy')]);

      expectError(() => new PrivateRegistryImage(image, { credentials: CREDENTIALS }), 'ecrImage', image, 'ecs.ContainerImage.fromEcrRepository()');
    });
  });

  describe(row('imageWithoutFixedTag'), () => {
    test.each([
      ['no tag', 'ghcr.io/acme/api', 'has no tag'],
      ['the tag latest', 'ghcr.io/acme/api:latest', 'has the tag "latest"'],
    ])('is warned about, where aws-cdk-lib accepts %s', (_name, image, text) => {
      expect(rawWarnings(image)).toEqual([]);

      const stack = newStack(flags);
      defineTask(stack, new PrivateRegistryImage(image, { credentials: RegistryCredentials.fromSecretName('ghcr') }));
      expect(containersOf(stack)[0].Image).toBe(image);
      expectWarning(stack, 'imageWithoutFixedTag', image, text);
    });
  });
});
