import { REAL_ENVIRONMENT } from '../../src/runtime/http/environment';
import { readCredentials, ReadSecret, ReadSecretOptions } from '../../src/runtime/secret/read-secret';

const OPTIONS: ReadSecretOptions = {
  name: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:pull-a1B2c3', reader: 'arn:aws:iam::111122223333:role/Check', denialIsCertain: true,
};

function awsError(name: string, message: string = ''): Error {
  return Object.assign(new Error(message), { name });
}

function leaping() {
  let now = 0;
  return {
    ...REAL_ENVIRONMENT,
    now: () => now,
    sleep: async (ms: number) => {
      now += ms;
    },
  };
}

async function verdictOf(error: Error, options: ReadSecretOptions = OPTIONS): Promise<unknown> {
  let calls = 0;
  const environment = leaping();
  const read: ReadSecret = async () => {
    calls++;
    throw error;
  };
  const failure = await readCredentials(read, options, environment).catch((caught: unknown) => caught);
  return { ...failure as object, message: (failure as Error).message, calls, seconds: environment.now() / 1_000 };
}

test('reads the credentials', async () => {
  expect(await readCredentials(async () => ({ secretString: '{"username":"a","password":"b"}' }), OPTIONS)).toEqual({ username: 'a', password: 'b' });
});

test('what is wrong with the content is said by the parser', async () => {
  await expect(readCredentials(async () => ({}), OPTIONS)).rejects.toMatchObject({ verdict: 'SECRET_MALFORMED' });
});

test('access denied heals within a minute, since roles need time to arrive', async () => {
  let calls = 0;
  const read: ReadSecret = async () => {
    if (++calls < 5) {
      throw awsError('AccessDeniedException', 'is not authorized to perform: secretsmanager:GetSecretValue');
    }
    return { secretString: '{"username":"a","password":"b"}' };
  };
  const environment = leaping();
  expect(await readCredentials(read, OPTIONS, environment)).toEqual({ username: 'a', password: 'b' });
  expect(environment.now()).toBe(15_000);
});

test('access that stays denied is a no after a minute', async () => {
  expect(await verdictOf(awsError('AccessDeniedException'))).toMatchObject({
    verdict: 'SECRET_ACCESS_DENIED', definite: true, calls: 10, seconds: 55, message: `${OPTIONS.reader} cannot read ${OPTIONS.name}; allow it secretsmanager:GetSecretValue, and look for a policy that denies it`,
  });
});

test('a secret that was just created is found', async () => {
  let calls = 0;
  const read: ReadSecret = async () => {
    if (++calls < 4) {
      throw awsError('ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret value for staging label: AWSCURRENT');
    }
    return { secretString: '{"username":"a","password":"b"}' };
  };
  expect(await readCredentials(read, OPTIONS, leaping())).toEqual({ username: 'a', password: 'b' });
});

test('a secret that does not exist is a no after some seconds', async () => {
  expect(await verdictOf(awsError('ResourceNotFoundException'))).toMatchObject({ verdict: 'SECRET_NOT_FOUND', definite: true, calls: 4, seconds: 7 });
});

test('access denied is not definite unless the execution role has the same permissions', async () => {
  expect(await verdictOf(awsError('AccessDeniedException'), { ...OPTIONS, denialIsCertain: undefined })).toMatchObject({ verdict: 'SECRET_ACCESS_DENIED', definite: false });
});

test.each([
  'with an explicit deny in a resource-based policy', 'because no service control policy allows the action', 'because no resource control policy allows the action',
  'because no permissions boundary allows the action', 'because no session policy allows the action', 'because no VPC endpoint policy allows the action',
])('access denied %s is not definite: that policy is none of the app', async (reason) => {
  expect(await verdictOf(awsError('AccessDeniedException', `is not authorized to perform: secretsmanager:GetSecretValue ${reason}`)))
    .toMatchObject({ verdict: 'SECRET_ACCESS_DENIED', definite: false });
  expect(await verdictOf(awsError('AccessDeniedException', `is not authorized to perform: kms:Decrypt ${reason}`)))
    .toMatchObject({ verdict: 'KMS_ACCESS_DENIED', definite: false });
});

test.each([
  'User: arn:aws:sts::111122223333:assumed-role/kms-reader/x is not authorized to perform: secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/kms-a1B2c3',
])('a secret or a role can have the name of KMS: %s', async (message) => {
  expect(await verdictOf(awsError('AccessDeniedException', message))).toMatchObject({ verdict: 'SECRET_ACCESS_DENIED' });
});

test('access denied in another account says whom the owner has to allow', async () => {
  expect(await verdictOf(awsError('AccessDeniedException'), { ...OPTIONS, denialIsCertain: false, inOtherAccount: true, accessPatienceMs: 0 })).toMatchObject({
    verdict: 'SECRET_ACCESS_DENIED', definite: false, calls: 1, message: expect.stringContaining('allow it and the execution role in the policies of the secret and its key'),
  });
});

test.each<[name: string, message: string, verdict: string, definite: boolean]>([
  ['ResourceNotFoundException', 'Secrets Manager can\'t find the specified secret.', 'SECRET_NOT_FOUND', true],
  ['InvalidRequestException', 'You can\'t perform this operation on the secret because it was marked for deletion.', 'SECRET_NOT_FOUND', true],
  ['AccessDeniedException', 'Access to KMS is not allowed', 'KMS_ACCESS_DENIED', true],
  ['DecryptionFailure', 'can\'t decrypt', 'KMS_ACCESS_DENIED', true],
  ['ValidationException', 'Invalid name', 'SECRET_NOT_FOUND', true],
  ['ThrottlingException', 'Rate exceeded', 'REGISTRY_UNAVAILABLE', false],
  ['InternalServiceError', '', 'REGISTRY_UNAVAILABLE', false],
  ['TimeoutError', 'socket', 'NO_ROUTE', false],
  ['', '', 'NO_ROUTE', false],
])('%s: %s', async (name, message, verdict, definite) => {
  expect(await verdictOf(awsError(name, message), { ...OPTIONS, reader: undefined })).toMatchObject({ verdict, definite });
});
