import { setTimeout as sleep } from 'node:timers/promises';
import { CustomResourceResponse } from './event';
import { log } from './log';

/** Sends the answer. A failed attempt is repeated, because CloudFormation waits for the answer. */
export async function send(url: string, response: CustomResourceResponse): Promise<void> {
  if (!url.startsWith('https://')) {
    throw new Error('the address for the response has no https');
  }
  const body = JSON.stringify(response);
  for (let attempt = 1; ; attempt++) {
    const reason = await put(url, body);
    if (reason === undefined) {
      return;
    }
    log({ event: 'response not delivered', attempt, reason });
    if (attempt === 4) {
      throw new Error(`CloudFormation did not accept the response (${reason})`);
    }
    await sleep(500 * 2 ** attempt);
  }
}

/** Why the answer was not accepted; without the message of the error, which can show the address. */
async function put(url: string, body: string): Promise<string | undefined> {
  try {
    // The signature of the URL covers an empty content type.
    const { ok, status } = await fetch(url, { method: 'PUT', body, headers: { 'content-type': '' }, signal: AbortSignal.timeout(5_000) });
    return ok ? undefined : `HTTP ${status}`;
  } catch (error) {
    const { name, cause } = error as { name: string; cause?: { code?: string } };
    return cause?.code ?? name;
  }
}
