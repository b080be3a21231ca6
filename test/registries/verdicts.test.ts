import { ALICE } from './accounts';
import { CASES, schemeOf, Case } from './cases';
import { checkAt, Checked } from './checking';
import { useDigests } from './digests';
import { ACCESS_NAMES, useLab, Access } from './lab';
import { SOFTWARE } from './registries';
import { kindOf, Credentials } from '../../src/runtime/check';
import { leaksIn } from '../support/leaks';

describe.each(SOFTWARE)('$name', (software) => {
  const lab = useLab(software);
  const digests = useDigests(lab);

  describe.each(ACCESS_NAMES)('%s', (name) => {
    test.each(CASES.map((c) => [c.name, c] as const))('%s', async (_, c) => {
      const access = lab().access(name);
      const credentials = c.credentials ?? ALICE;
      const checked = await checkAt(access, digests().named(c.image), credentials, c.input);

      expectVerdict(checked, verdictFor(c, name));
      if (c.digestOf !== undefined) {
        expect(checked.result.digest).toBe(digests().of(c.digestOf));
      }
      expect(checked.result.platforms).toEqual(c.platforms ?? checked.result.platforms);
      expectHonestRecord(checked, access);
      expectCredentialsOnce(checked, access);
      expectNoLeak(checked, credentials);
    });
  });
});

function verdictFor({ verdict }: Case, access: string) {
  return typeof verdict === 'string' ? verdict : verdict[schemeOf(access)];
}

function expectVerdict({ result }: Checked, verdict: ReturnType<typeof verdictFor>): void {
  // With the message, which says why if it is another verdict.
  expect({ verdict: result.verdict, message: result.message }).toEqual({ verdict, message: expect.stringMatching(/^[^\n]{20,1024}$/) });
  expect(result.kind).toBe(kindOf(verdict));
  expect(result.definite).toBe(true);
}

/** What a check says that it has sent is what the servers have seen. */
function expectHonestRecord({ result, registry, tokens }: Checked, access: Access): void {
  const sent = result.requests.filter(({ host }) => host === access.host);
  expect(registry.map(({ method, status }) => ({ method, status }))).toEqual(sent.map(({ method, status }) => ({ method, status })));
  expect(registry.map(({ authorization }) => authorization !== undefined)).toEqual(sent.map(({ authorized }) => !access.input.ca && authorized));
  const asked = result.requests.filter(({ host }) => host === access.input.authHost);
  expect(tokens.map(({ username }) => username !== undefined)).toEqual(asked.map(({ authorized }) => authorized));
  expect(tokens.map(({ status }) => status)).toEqual(asked.map(({ status }) => status));
  expect(result.requests).toHaveLength(sent.length + asked.length);
}

/** Credentials that were refused are not sent again: registries count failures, and lock accounts. */
function expectCredentialsOnce({ result, tokens }: Checked, access: Access): void {
  // A registry that sees a token does not see the credentials.
  const seesCredentials = (host: string) => access.tokens === undefined || host === access.input.authHost;
  const refused = result.requests.filter(({ authorized, status, host }) => authorized && status === 401 && seesCredentials(host));
  expect(refused.length).toBeLessThanOrEqual(1);
  if (result.verdict === 'CREDENTIALS_REJECTED') {
    expect(refused).toHaveLength(1);
    expect(result.requests.filter(({ authorized }) => authorized)).toHaveLength(1);
    expect(tokens.filter(({ username }) => username !== undefined).length).toBeLessThanOrEqual(1);
  }
}

function expectNoLeak({ result }: Checked, { username, password }: Credentials): void {
  expect(leaksIn(JSON.stringify(result), [username, password, `${username}:${password}`])).toEqual([]);
}
