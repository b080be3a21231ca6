import { createHash } from 'node:crypto';
import { instantOf, instantOfSeconds } from './instant';
import { registryOfHost } from '../../registries/registries';
import { ExpiryQuestion } from '../../registries/registry';
import { Connections } from '../http/connections';
import { CheckEnvironment } from '../http/environment';
import { isObject, parseJson } from '../http/json';
import { HttpResponse } from '../http/message';
import { Transport } from '../http/transport';
import { isListed } from '../verdict/listed-hosts';
import { MessageContext } from '../verdict/message-context';

const PATIENCE = 3_000;
const ANSWER_LIMIT = 64 * 1024;
/** How long an answer counts, and a failure as well: the images of one run often have one token. */
const MEMORY = 600_000;

/** What the checks that share connections were told, by question and token. */
const ANSWERS = new WeakMap<Connections, Map<string, Answer>>();

interface Answer {
  readonly expiresOn: Promise<string | undefined>;
  readonly askedAt: number;
}

export interface Asking {
  readonly context: MessageContext;
  /** Host (and port) of the token service that the user named. */
  readonly authHost?: string;
  readonly transport: Transport;
  readonly connections: Connections;
  readonly environment: CheckEnvironment;
}

/**
 * Asks when credentials expire that were just accepted, once for each token. `undefined` where nobody can be asked, they do not expire, or
 * the answer is none: that proves nothing about the image.
 */
export async function askExpiry(asking: Asking): Promise<string | undefined> {
  const { context: { credentials: { password } }, connections, environment } = asking;
  const question = questionFor(asking);
  if (question === undefined) {
    return undefined;
  }
  const answers = ANSWERS.get(connections) ?? new Map<string, Answer>();
  ANSWERS.set(connections, answers);
  const key = createHash('sha256').update(`${question.url.href} ${password}`).digest('hex');
  const known = answers.get(key);
  if (known !== undefined && environment.now() - known.askedAt < MEMORY) {
    return known.expiresOn;
  }
  const expiresOn = ask(asking, question).catch(() => undefined);
  answers.set(key, { expiresOn, askedAt: environment.now() });
  return expiresOn;
}

type Question = Pick<ExpiryQuestion, 'header' | 'key'> & { readonly url: URL };

/** A registry with hosts of its own is asked only about images on them: what another host has is not known there. */
function questionFor({ context: { host, registry, credentials: { password, hosts } }, authHost }: Asking): Question | undefined {
  const question = registry === registryOfHost(host) || registry.hosts.length === 0 ? registry.expiryQuestion : undefined;
  const partner = question !== undefined && password.startsWith(question.tokenPrefix) ? question.host(host, authHost) : undefined;
  const text = `https://${partner}${question?.path}`;
  // Nothing else can be in a header.
  return partner !== undefined && isListed(hosts, partner) !== false && /^[\x21-\x7e]+$/.test(password) && URL.canParse(text)
    ? { ...question, url: new URL(text) } : undefined;
}

/** Without a retry, and without following a redirect. */
async function ask({ context, transport }: Asking, question: Question): Promise<string | undefined> {
  const response = await transport.send({
    purpose: 'expiry',
    method: 'GET',
    url: question.url,
    accept: 'application/json',
    authorization: `Bearer ${context.credentials.password}`,
    maxBytes: ANSWER_LIMIT,
    timeoutMs: PATIENCE,
  });
  return response.status === 200 ? dateIn(response, question) : undefined;
}

function dateIn({ headers, body }: HttpResponse, { header, key }: Question): string | undefined {
  const json = parseJson(body.toString());
  const value = header !== undefined ? headers[header] : isObject(json) && key !== undefined ? json[key] : undefined;
  return typeof value === 'number' ? instantOfSeconds(value) : typeof value === 'string' ? instantOf(value) : undefined;
}
