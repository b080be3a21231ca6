import { Access } from './lab';
import { SeenRequest } from './registry-process';
import { checkPull, REAL_ENVIRONMENT, CheckEnvironment, CheckInput, CheckResult, Credentials } from '../../src/runtime/check';

/** Nobody waits for a registry that has given its answer, and nobody's resolver has to know the names of the lab. */
export const LAB_ENVIRONMENT: CheckEnvironment = {
  ...REAL_ENVIRONMENT,
  sleep: async () => {},
  connectTo: (url) => url.hostname.endsWith('.test') ? { host: '127.0.0.1', port: Number(url.port) } : undefined,
};

export interface Checked {
  readonly result: CheckResult;
  /** What the registry and its token server answered during the check. */
  readonly registry: readonly SeenRequest[];
  readonly tokens: readonly { readonly username?: string; readonly scope?: string; readonly status: number }[];
}

/** Checks `repository:tag` by way of an access, and takes down what the servers saw of it. */
export async function checkAt(access: Access, image: string, credentials: Credentials, more: Partial<CheckInput> = {}): Promise<Checked> {
  access.seen.length = 0;
  access.tokens?.seen.splice(0);
  const result = await checkPull({ image: `${access.host}/${image}`, credentials, ...access.input, ...more }, LAB_ENVIRONMENT);
  await eventually(() => access.seen.length >= result.requests.filter(({ host, status }) => host === access.host && status !== undefined).length);
  return { result, registry: [...access.seen], tokens: [...access.tokens?.seen ?? []] };
}

/** An access log is written after the answer. */
export async function eventually(condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 2_000; !condition() && Date.now() < deadline;) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
