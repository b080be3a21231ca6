import { App, CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { credentialsParametersOf, ENV, FLAG_SETS, IMAGE, newApp, newStack, pullStatementsOf, SECRET_ARN, warningIdsOf } from '../support/synth';
import { defineTask, defineTaskWith, ownSecret, rawImage, stackWith } from '../support/tasks';

const PREFIX = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:';

function readStatement(resource: unknown): object {
  return { Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: resource };
}

describe('by complete ARN', () => {
  test.each(FLAG_SETS)('one statement on the ARN, and nothing to say, with %s', (_, flags) => {
    const stack = stackWith(RegistryCredentials.fromSecretCompleteArn(SECRET_ARN), flags);

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expect(pullStatementsOf(stack)).toEqual([readStatement(SECRET_ARN)]);
    expectSilence(stack);
  });

  test.each(['ghcr-secret', 'ghcr-SECRET', 'ghcr-123456'])('an ARN that may be partial is allowed both ways: %s', (name) => {
    const stack = stackWith(RegistryCredentials.fromSecretCompleteArn(PREFIX + name));

    expect(credentialsParametersOf(stack)).toEqual([PREFIX + name]);
    expect(pullStatementsOf(stack)).toEqual([readStatement([PREFIX + name, `${PREFIX}${name}-??????`])]);
    expectWarning(stack, 'secretArnMayBeIncomplete', JSON.stringify(PREFIX + name), 'describe-secret');
  });

  test('a token may turn out to be a partial ARN', () => {
    const stack = newStack();
    const { valueAsString } = new CfnParameter(stack, 'SecretArn');
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(valueAsString));

    expect(credentialsParametersOf(stack)).toEqual([{ Ref: 'SecretArn' }]);
    expect(pullStatementsOf(stack)).toEqual([
      readStatement([{ Ref: 'SecretArn' }, { 'Fn::Join': ['', [{ Ref: 'SecretArn' }, '-??????']] }]),
    ]);
    expectSilence(stack);
  });

  test('in a stack without a fixed environment', () => {
    const stack = newStack({}, {});
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(SECRET_ARN));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expect(pullStatementsOf(stack)).toEqual([readStatement(SECRET_ARN)]);
    expectSilence(stack);
  });

  test('the same credentials in many stacks', () => {
    const credentials = RegistryCredentials.fromSecretCompleteArn(SECRET_ARN);
    const app = newApp();
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    stacks.forEach((stack) => defineTaskWith(stack, credentials));

    for (const stack of stacks) {
      expect(pullStatementsOf(stack)).toEqual([readStatement(SECRET_ARN)]);
    }
    expectSilence(...stacks);
  });

  test.each([
    ['arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:ghcr-a1B2c3', 'cn-north-1'],
    ['arn:aws-us-gov:secretsmanager:us-gov-west-1:111122223333:secret:ghcr-a1B2c3', 'us-gov-west-1'],
  ])('in the partition of %s', (arn, region) => {
    const stack = newStack({}, { ...ENV, region });
    defineTaskWith(stack, RegistryCredentials.fromSecretCompleteArn(arn));

    expect(credentialsParametersOf(stack)).toEqual([arn]);
    expect(pullStatementsOf(stack)).toEqual([readStatement(arn)]);
    expectSilence(stack);
  });

  test('fails for an ARN without the suffix', () => {
    expectError(() => RegistryCredentials.fromSecretCompleteArn(`${PREFIX}ghcr/pull`), 'secretArnIncomplete', `"${PREFIX}ghcr/pull"`);
  });

  test.each([
    `${SECRET_ARN}:username::`,
    `${SECRET_ARN}:username:AWSPREVIOUS:`,
    `${SECRET_ARN}:::a1b2c3d4-5678-90ab-cdef-EXAMPLE11111`,
    `${SECRET_ARN}:`,
  ])('fails for a selector: %s', (arn) => {
    expectError(() => RegistryCredentials.fromSecretCompleteArn(arn), 'secretArnWithJsonKey', `"${arn}"`, `pass the ARN up to "${SECRET_ARN}"`);
  });

  test.each([
    'arn:aws:ssm:eu-west-1:111122223333:parameter/ghcr-a1B2c3',
    'arn:aws:secretsmanager:eu-west-1:1111:secret:ghcr-a1B2c3',
    'arn:aws:secretsmanager:eu-west-1:111122223333:ghcr-a1B2c3',
    ` ${SECRET_ARN}`,
    `${SECRET_ARN} `,
    'ghcr-a1B2c3',
    '',
  ])('fails for what is no ARN of a secret: %p', (arn) => {
    expectError(() => RegistryCredentials.fromSecretCompleteArn(arn), 'invalidSecretArn', arn.startsWith('ghcr') ? 'not shown' : JSON.stringify(arn), 'expected', arn.startsWith('arn:') ? 'compare the service, Region, account and name' : 'fromSecretName()');
  });
});

describe('by name', () => {
  test.each(FLAG_SETS)('the name, and a statement on its ARN with any suffix, with %s', (_, flags) => {
    const stack = stackWith(RegistryCredentials.fromSecretName('ghcr_Pull-1'), flags);

    expect(credentialsParametersOf(stack)).toEqual(['ghcr_Pull-1']);
    expect(pullStatementsOf(stack)).toEqual([readStatement(stack.resolve(
      `arn:${stack.partition}:secretsmanager:eu-west-1:111122223333:secret:ghcr_Pull-1-??????`))]);
    expectSilence(stack);
  });

  test('in a stack without a fixed environment', () => {
    const stack = newStack({}, {});
    defineTaskWith(stack, RegistryCredentials.fromSecretName('ghcr'));

    expect(pullStatementsOf(stack)).toEqual([readStatement({
      'Fn::Join': ['', [
        'arn:', { Ref: 'AWS::Partition' }, ':secretsmanager:', { Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }, ':secret:ghcr-??????',
      ]],
    })]);
  });

  test('a name that is a token is left to ECS', () => {
    const stack = newStack();
    defineTaskWith(stack, RegistryCredentials.fromSecretName(new CfnParameter(stack, 'SecretName').valueAsString));

    expect(credentialsParametersOf(stack)).toEqual([{ Ref: 'SecretName' }]);
    expectSilence(stack);
  });

  test('in every Region, since the name means the secret of the stack', () => {
    const credentials = RegistryCredentials.fromSecretName('ghcr');
    const app = newApp();
    const stacks = ['eu-west-1', 'us-east-1'].map((region) => new Stack(app, region, { env: { ...ENV, region } }));
    stacks.forEach((stack) => defineTaskWith(stack, credentials));

    expectSilence(...stacks);
    expect(JSON.stringify(pullStatementsOf(stacks[1]))).toContain(':secretsmanager:us-east-1:');
  });

  test.each(['ghcr/pull', 'ghcr.pull', 'ghcr+pull', 'ghcr=pull', 'ghcr@pull', 'x'.repeat(256)])('by the partial ARN of aws-cdk-lib, with a warning, if ECS does not accept the name: %s', (name) => {
    const raw = newStack();
    defineTask(raw, rawImage(secretsmanager.Secret.fromSecretNameV2(raw, 'RawSecret', name)));
    const stack = stackWith(RegistryCredentials.fromSecretName(name));

    expect(credentialsParametersOf(stack)).toEqual(credentialsParametersOf(raw));
    expect(JSON.stringify(credentialsParametersOf(stack))).toContain(`:secretsmanager:eu-west-1:111122223333:secret:${name}"`);
    const message = expectWarning(stack, 'secretNameNeedsArn', JSON.stringify(name), 'fromSecretCompleteArn()', 'desiredCount: 0');
    expect(message).not.toContain('ends like a complete ARN');
  });

  test('by the partial ARN, with a warning that no secret is found by it, if the name also ends like a complete ARN', () => {
    expectWarning(stackWith(RegistryCredentials.fromSecretName('acme/ghcr-secret')), 'secretNameNeedsArn', '"acme/ghcr-secret"', 'ends like a complete ARN');
  });

  test('warns once for each secret and stack', () => {
    const app = newApp();
    const stacks = ['One', 'Two'].map((id) => new Stack(app, id, { env: ENV }));
    for (const stack of stacks) {
      for (const name of ['ghcr/pull', 'quay/pull', 'ghcr/pull']) {
        defineTask(new Construct(stack, `Task${stack.node.children.length}`), new PrivateRegistryImage(IMAGE, { credentials: RegistryCredentials.fromSecretName(name) }));
      }
    }

    expect(stacks.map(warningIdsOf)).toEqual(Array(2).fill(['secretNameNeedsArn', 'secretNameNeedsArn']));
  });

  test.each(['', 'ghcr pull', 'x'.repeat(513)])('fails for what is no name: %p', (name) => {
    expectError(() => RegistryCredentials.fromSecretName(name), 'invalidSecretName', name === '' ? '""' : 'not shown', 'expected 1 to 512');
  });

  test('fails for an ARN', () => {
    expectError(() => RegistryCredentials.fromSecretName(SECRET_ARN), 'invalidSecretName', 'is an ARN', 'fromSecretCompleteArn()');
  });

  test('a name that ends like the suffix of an ARN is warned about, one that ends in a word is not', () => {
    expectSilence(stackWith(RegistryCredentials.fromSecretName('ghcr-secret')));
    expectWarning(stackWith(RegistryCredentials.fromSecretName('ghcr-a1B2c3')), 'secretNameMayHaveSuffix', '"ghcr-a1B2c3"', 'fromSecretCompleteArn()');
  });
});

describe('a secret of the app', () => {
  test.each(FLAG_SETS)('its ARN, which is complete, with %s', (_, flags) => {
    const stack = newStack(flags);
    const secret = ownSecret(stack);
    defineTaskWith(stack, RegistryCredentials.fromSecret(secret));

    expect(credentialsParametersOf(stack)).toEqual([stack.resolve(secret.secretArn)]);
    expect(pullStatementsOf(stack)).toEqual([readStatement(stack.resolve(secret.secretArn))]);
    expectSilence(stack);
  });

  test('in several task definitions', () => {
    const stack = newStack();
    const credentials = RegistryCredentials.fromSecret(ownSecret(stack));
    defineTaskWith(stack, credentials);
    defineTaskWith(new Stack(stack.node.root as App, 'Other', { env: ENV }), credentials);

    expectSilence(stack);
  });

  test('of another Region, with references across Regions', () => {
    const app = newApp();
    const owner = new Stack(app, 'Owner', { env: { ...ENV, region: 'us-east-1' }, crossRegionReferences: true });
    const stack = new Stack(app, 'Stack', { env: ENV, crossRegionReferences: true });
    defineTaskWith(stack, RegistryCredentials.fromSecret(ownSecret(owner, { secretName: 'ghcr' })));

    const [parameter] = credentialsParametersOf(stack);
    expect(JSON.stringify(parameter)).toMatch(/Fn::GetAtt|Fn::GetStackOutput/);
    expect(pullStatementsOf(stack)).toEqual([readStatement(parameter)]);
    expectWarning(stack, 'crossRegionSecret', 'us-east-1', 'eu-west-1');
  });

  test('fails of another Region without them', () => {
    const app = newApp();
    const owner = new Stack(app, 'Owner', { env: { ...ENV, region: 'us-east-1' } });
    const credentials = RegistryCredentials.fromSecret(ownSecret(owner, { secretName: 'ghcr' }));

    expectError(() => defineTaskWith(new Stack(app, 'Stack', { env: ENV }), credentials), 'secretOfOtherRegionStack', 'Owner/Secret', 'crossRegionReferences');
  });
});

describe('an imported secret', () => {
  test('by complete ARN is one by complete ARN', () => {
    const stack = newStack();
    defineTaskWith(stack, RegistryCredentials.fromSecret(secretsmanager.Secret.fromSecretCompleteArn(stack, 'Imported', SECRET_ARN)));

    expect(credentialsParametersOf(stack)).toEqual([SECRET_ARN]);
    expect(pullStatementsOf(stack)).toEqual([readStatement(SECRET_ARN)]);
  });

  test.each<[string, (stack: Stack) => secretsmanager.ISecret]>([
    ['name', (stack) => secretsmanager.Secret.fromSecretNameV2(stack, 'Imported', 'ghcr-secret')],
    ['partial ARN', (stack) => secretsmanager.Secret.fromSecretPartialArn(stack, 'Imported', `${PREFIX}ghcr-secret`)],
  ])('by %s is one by name', (_, secretIn) => {
    const stack = newStack();
    defineTaskWith(stack, RegistryCredentials.fromSecret(secretIn(stack)));

    expect(credentialsParametersOf(stack)).toEqual(['ghcr-secret']);
    expect(JSON.stringify(pullStatementsOf(stack))).toContain(':secretsmanager:eu-west-1:111122223333:secret:ghcr-secret-??????');
    expectSilence(stack);
  });

  test('by a partial ARN that is a token', () => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretPartialArn(stack, 'Imported', Fn.importValue('SecretArn'));
    defineTaskWith(stack, RegistryCredentials.fromSecret(secret));

    expect(credentialsParametersOf(stack)).toEqual([{ 'Fn::Select': [6, { 'Fn::Split': [':', { 'Fn::ImportValue': 'SecretArn' }] }] }]);
    expectSilence(stack);
  });

  test('fails by a complete ARN that is none of a secret', () => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretCompleteArn(stack, 'Imported', 'arn:aws:ssm:eu-west-1:111122223333:parameter/ghcr-a1B2c3');

    expectError(() => defineTaskWith(stack, RegistryCredentials.fromSecret(secret)), 'invalidSecretArn');
  });

  test('is warned about by a name that ECS does not accept', () => {
    const stack = newStack();
    const secret = secretsmanager.Secret.fromSecretNameV2(stack, 'Imported', 'ghcr/pull');
    defineTaskWith(stack, RegistryCredentials.fromSecret(secret));

    expect(credentialsParametersOf(stack)).toEqual([stack.resolve(secret.secretArn)]);
    expectWarning(stack, 'secretNameNeedsArn', '"ghcr/pull"');
  });
});

describe('a value of another type, which no compiler sees in JavaScript', () => {
  test.each<[string, unknown, string]>([
    ['an environment variable that is not set', undefined, 'not set'],
    ['null', null, 'not set'],
    ['a number', 7, 'a value of type number'],
  ])('%s', (_, value, kind) => {
    expectError(() => RegistryCredentials.fromSecretCompleteArn(value as string), 'invalidSecretArn', `the secret ARN is ${kind}`, 'expected a string');
    expectError(() => RegistryCredentials.fromSecretName(value as string), 'invalidSecretName', `the secret name is ${kind}`, 'expected a string');
  });

  test.each([
    ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3', 'a value of type string'],
    [undefined, 'not set'],
  ])('%s in place of a secret', (value, kind) => {
    expectError(() => RegistryCredentials.fromSecret(value as any), 'invalidCredentials', `is ${kind}`, 'fromSecretCompleteArn()');
  });
});

test('the value of a secret in place of its ARN or name is not repeated', () => {
  const json = '{"username":"bot","password":"ghp_0123456789"}';
  for (const define of [
    () => RegistryCredentials.fromSecretCompleteArn(json), () => RegistryCredentials.fromSecretName(json),
    () => RegistryCredentials.fromSecretCompleteArn('ghp_0123456789'), () => RegistryCredentials.fromSecretName('bot ghp_0123456789'),
  ]) {
    expect(define).toThrow(/^the given text \(not shown, since it can contain a password\) is not the (?:ARN|name) of/);
    expect(define).not.toThrow(/ghp_/);
  }
});
