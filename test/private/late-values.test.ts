import { App, Aspects, Lazy, SecretValue, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { PrivateRegistryImage, PullCheckFunction, PullCheckMode, RegistryCredentials } from '../../src';
import { expectSynthError, expectWarning } from '../support/errors';
import { CHECKED, containersOf, ENV, newApp, newStack, pullStatementsOf, resourcesOf, SECRET_ARN, templateOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask } from '../support/tasks';

/** A text that throws until it is set, like one of a pipeline that fills in the version at last. */
class Late {
  public value?: string;

  public readonly text = Lazy.string({
    produce: () => {
      if (this.value === undefined) {
        throw new Error('not set yet');
      }
      return this.value;
    },
  });
}

function checksOf(stack: Stack): any[] {
  return resourcesOf(stack, 'Custom::PrivateRegistryPullCheck');
}

function imagesOf(stack: Stack): string[] {
  return containersOf(stack).map(({ Image }) => Image);
}

describe('what the app computes when the template is made', () => {
  test('is the image of the task and of its check, as with aws-cdk-lib alone', () => {
    for (const image of [
      (reference: string) => new PrivateRegistryImage(reference, { credentials: CREDENTIALS }),
      (reference: string) => ecs.ContainerImage.fromRegistry(reference),
    ]) {
      const stack = newStack(CHECKED);
      const late = new Late();
      defineTask(stack, image(`ghcr.io/acme/${late.text}`));
      late.value = 'api:1.4.2';
      expect(imagesOf(stack)).toEqual(['ghcr.io/acme/api:1.4.2']);
      checksOf(stack).forEach(({ Properties }) => expect(Properties.Image).toBe('ghcr.io/acme/api:1.4.2'));
    }
  });

  function stackOfTwo(api: string, web: string): Stack {
    const stack = new Stack(newApp(CHECKED), 'Stack', { env: ENV });
    const lates = [new Late(), new Late()];
    lates.forEach(({ text }, index) => {
      defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/${text}`, { credentials: CREDENTIALS, pinDigest: true }), {}, `Task${index}`);
      defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/${text}`, { credentials: CREDENTIALS }), {}, `Second${index}`);
    });
    [lates[0].value, lates[1].value] = [api, web];
    return stack;
  }

  test('tells two images apart, and is the same in each synth', () => {
    const stack = stackOfTwo('api:1', 'web:2');
    expect(new Set(checksOf(stack).map(({ Properties }) => Properties.Image))).toEqual(new Set(['ghcr.io/acme/api:1', 'ghcr.io/acme/web:2']));
    const template = templateOf(stack);
    const pinned = containersOf(stack).flatMap(({ Image }) => Image['Fn::GetAtt']?.[0] ?? []);
    expect(pinned.map((id) => template.Resources[id].Properties.Image)).toEqual(['ghcr.io/acme/api:1', 'ghcr.io/acme/web:2']);
    expect(JSON.stringify(templateOf(stackOfTwo('api:1', 'web:2')))).toBe(JSON.stringify(template));
  });

  test('is part of the logical id of the check', () => {
    const ids = (stack: Stack) => Object.entries<any>(templateOf(stack).Resources)
      .filter(([, { Type }]) => Type === 'Custom::PrivateRegistryPullCheck').map(([id]) => id);
    const [first, second] = [ids(stackOfTwo('api:1', 'web:2')), ids(stackOfTwo('api:1', 'web:3'))];
    expect(first.filter((id) => second.includes(id))).toHaveLength(first.length / 2);
  });

  test('is the ARN of a secret', () => {
    const stack = newStack(CHECKED);
    const late = new Late();
    defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1', { credentials: RegistryCredentials.fromSecretCompleteArn(late.text) }));
    late.value = SECRET_ARN;
    expect(checksOf(stack)[0].Properties.Secret).toBe(SECRET_ARN);
    expect(containersOf(stack)[0].RepositoryCredentials.CredentialsParameter).toBe(SECRET_ARN);
    pullStatementsOf(stack).forEach(({ Resource }) => expect(Resource).toContain(SECRET_ARN));
  });

  test('is in the policy that somebody has to attach, once it is known', () => {
    const define = (executionRole?: (stack: Stack) => iam.IRole) => {
      const stack = newStack(CHECKED);
      const late = new Late();
      const checkFunction = PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Function', {
        functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:check',
      });
      const credentials = RegistryCredentials.fromSecretCompleteArn(late.text);
      defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1', { credentials, pullCheck: { checkFunction } }), { executionRole: executionRole?.(stack) });
      late.value = SECRET_ARN;
      return stack;
    };
    const warned = define();
    templateOf(warned);
    expectWarning(warned, 'pullCheckPolicyMissing', SECRET_ARN);
    expectSynthError(define((stack) => iam.Role.fromRoleName(stack, 'Role', 'exec', { mutable: false })), 'executionRoleImmutable', SECRET_ARN);
  });

  test.each(['bot', ''])('is the user name %j in a secret of the app', (name) => {
    const stack = newStack(CHECKED);
    const late = new Late();
    const secret = new secretsmanager.Secret(stack, 'Secret', {
      secretObjectValue: { username: SecretValue.unsafePlainText(late.text), password: SecretValue.secretsManager('token') },
    });
    defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1', { credentials: RegistryCredentials.fromSecret(secret) }));
    late.value = name;
    const [{ Properties }] = resourcesOf(stack, 'AWS::SecretsManager::Secret');
    expect(JSON.parse(Properties.SecretString).username).toBe(name);
    expect(warningIdsOf(stack)).toEqual(name === '' ? ['secretWithoutCredentials'] : []);
  });

  test.each([
    ['in a secret of the app', (stack: Stack, password: SecretValue) => RegistryCredentials.fromSecret(
      new secretsmanager.Secret(stack, 'Secret', { secretObjectValue: { username: SecretValue.unsafePlainText('bot'), password } }),
    )],
    ['of fromSecretValue()', (_: Stack, password: SecretValue) => RegistryCredentials.fromSecretValue({ username: 'bot', password })],
  ])('is a password %s, and not one in plain text', (_where, credentials) => {
    for (const [value, isPlain] of [['{{resolve:secretsmanager:token}}', false], ['hunter2', true]] as const) {
      const stack = newStack(CHECKED);
      const late = new Late();
      defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1', { credentials: credentials(stack, SecretValue.unsafePlainText(late.text)) }));
      late.value = value;
      const synth = () => (stack.node.root as App).synth();
      isPlain ? expect(synth).toThrow(/plain text/) : synth();
    }
  });

  test('is the mode of the check, which is the same in each synth', () => {
    const define = (mode: string) => {
      const stack = new Stack(newApp(CHECKED), 'Stack', { env: ENV });
      const late = new Late();
      defineTask(stack, new PrivateRegistryImage('ghcr.io/acme/api:1', { credentials: CREDENTIALS, pullCheck: { mode: late.text as PullCheckMode } }));
      late.value = mode;
      return stack;
    };
    expect(checksOf(define('WARN'))[0].Properties.Mode).toBe('WARN');
    expect(JSON.stringify(templateOf(define('WARN')))).toBe(JSON.stringify(templateOf(define('WARN'))));
  });

  test('can be set by an Aspect', () => {
    const stack = newStack(CHECKED);
    const late = new Late();
    defineTask(stack, new PrivateRegistryImage(`ghcr.io/acme/api:${late.text}`, { credentials: CREDENTIALS }));
    Aspects.of(stack).add({
      visit: () => {
        late.value = '2';
      },
    });
    expect([imagesOf(stack), checksOf(stack)[0].Properties.Image]).toEqual([['ghcr.io/acme/api:2'], 'ghcr.io/acme/api:2']);
  });
});
