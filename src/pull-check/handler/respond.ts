import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { InvokeCommand, InvokeCommandOutput, LambdaClient } from '@aws-sdk/client-lambda';
import { CustomResourceEvent, CustomResourceResponse, ProbeResult, WatchResult } from './event';
import { log } from './log';
import { probe, refusalOfText } from './probe';
import { begin } from './report';
import { askAll, imagesOf, refused } from './watch';
import { ImageReference } from '../../reference/image-reference';
import { PullCheckProperties, WatchEvent, WatchStart } from '../contract';

/** The end of every message that stops a deployment. */
export const DEPLOY_ANYWAY = 'to deploy anyway, add --context cdk-private-registry:pullCheckMode=WARN';
/** A minute until the permissions of a new role are in effect, and the longest time of the check itself. */
const PROBE_TIMEOUT = 150_000;
const ACCESS_PATIENCE = 60_000;
const STATE_TIMEOUT = 10_000;
/** Until CloudWatch has the metrics from a line of the log, with time to spare. */
const METRICS_TIME = 60_000;
/** CloudFormation refuses a longer answer. */
const LONGEST_ANSWER = 4_096;

type Outcome = Pick<CustomResourceResponse, 'Status' | 'Reason' | 'Data'>;

/** Answers one request of CloudFormation, whatever happens: without an answer, CloudFormation waits. */
export async function answer(event: CustomResourceEvent): Promise<CustomResourceResponse> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const response = { PhysicalResourceId: event.PhysicalResourceId ?? LogicalResourceId, StackId, RequestId, LogicalResourceId };
  if (event.RequestType === 'Delete') {
    return { ...response, Status: 'SUCCESS' };
  }
  const { ResourceProperties: properties } = event;
  if (isStart(properties)) {
    return { ...response, ...await beginWatch(properties) };
  }
  const outcome = await outcomeOf(event, properties).catch((error: unknown) => brokenCheck(properties, error));
  return fitting({ ...response, ...outcome });
}

function isStart(properties: CustomResourceEvent['ResourceProperties'] | null | undefined): properties is WatchStart {
  return typeof properties === 'object' && properties !== null && 'Watch' in properties;
}

/** The alarms are created after this, and have to find the metrics. */
async function beginWatch(properties: WatchStart): Promise<Outcome> {
  begin(properties);
  await sleep(METRICS_TIME);
  return { Status: 'SUCCESS' };
}

async function outcomeOf(event: CustomResourceEvent, properties: PullCheckProperties): Promise<Outcome> {
  const { StackId } = event;
  const started = Date.now();
  const refusal = refusalOfText(properties.Image);
  const result = refusal ?? nameElsewhere(properties, StackId) ?? await checkImage(properties);
  const { verdict, message, digest = '', secretArn = properties.Secret, expiresOn = '', requests } = result;
  // A text that is no reference can hold a password.
  const image = refusal === undefined ? properties.Image : '';

  const stops = result.isDefiniteNo && properties.Mode === 'ENFORCE' && !(event.RequestType === 'Update' && await isRollingBack(StackId));
  log({ verdict, message, stops, image, secret: properties.Secret, digest, expiresOn, requests, milliseconds: Date.now() - started });
  if (stops) {
    return { Status: 'FAILED', Reason: `${message} [${verdict}]; ${DEPLOY_ANYWAY}` };
  }
  return {
    Status: 'SUCCESS',
    Reason: message,
    Data: {
      Verdict: verdict,
      Digest: digest,
      Image: digest === '' ? image : ImageReference.parse(image).withDigest(digest).toString(),
      CredentialsParameter: secretArn,
      ExpiresOn: expiresOn,
    },
  };
}

/** A fault of this program is no reason to stop a deployment. The text of an unknown error is not shown. */
function brokenCheck(properties: PullCheckProperties, error: unknown): Outcome {
  const verdict = 'PROTOCOL_ERROR';
  const message = `the check failed because of a bug (${error instanceof Error ? error.name : typeof error}); please report it`;
  log({ verdict, message, stops: false });
  const data = { Verdict: verdict, Digest: '', Image: String(properties?.Image ?? ''), CredentialsParameter: String(properties?.Secret ?? ''), ExpiresOn: '' };
  return { Status: 'SUCCESS', Reason: message, Data: data };
}

/** Only the id of a secret, which can be any text if it is a token, has no limit. */
function fitting(response: CustomResourceResponse): CustomResourceResponse {
  const excess = Buffer.byteLength(JSON.stringify(response)) - LONGEST_ANSWER;
  if (excess <= 0 || response.Data === undefined) {
    return response;
  }
  const { CredentialsParameter: id } = response.Data;
  return { ...response, Data: { ...response.Data, CredentialsParameter: id.slice(0, Math.max(0, id.length - excess)) } };
}

/** A name is that of a secret in the account of the stack. In another account, this function would find another secret, or none. */
function nameElsewhere({ Secret: secret }: PullCheckProperties, stackId: string): ProbeResult | undefined {
  const [account, own] = [stackId, process.env.READER].map((arn) => arn?.split(':')[4]);
  return secret.startsWith('arn:') || own === undefined || account === own ? undefined : {
    verdict: 'SECRET_NOT_FOUND',
    isDefiniteNo: false,
    message: `the secret ${secret} was not looked up, because the function of the pull check is in account ${own}, and the stack in ${account}; name the secret by its complete ARN`,
    requests: 0,
  };
}

async function checkImage(properties: PullCheckProperties): Promise<ProbeResult> {
  const prober = process.env.PROBER;
  return prober ? probeInVpc(prober, properties) : probe(properties, false);
}

/** Asks the function inside the VPC. If it does not answer, that is no verdict on the image. */
async function probeInVpc(prober: string, properties: PullCheckProperties): Promise<ProbeResult> {
  const { result, reason } = await askInVpc(prober, properties);
  return typeof result?.verdict === 'string' ? result : noAnswer(properties.Image, reason);
}

/** Asks about every image of a schedule, from where the checks ask. Never throws: Lambda would repeat the run twice. */
export async function watched(event: WatchEvent): Promise<WatchResult[]> {
  const prober = process.env.PROBER;
  if (!prober) {
    return askAll(event, false);
  }
  const { result, reason } = await askInVpc(prober, event);
  if (Array.isArray(result)) {
    return result;
  }
  return imagesOf(event.Groups).map((image) => refused(image) ?? { image: image.Image, secret: image.Secret, ...noAnswer(image.Image, reason) });
}

async function askInVpc(prober: string, input: PullCheckProperties | WatchEvent): Promise<{ readonly result?: any; readonly reason?: string }> {
  try {
    const { Payload, FunctionError } = await invoke(prober, JSON.stringify(input));
    return { result: FunctionError === undefined && Payload ? JSON.parse(Buffer.from(Payload).toString()) : undefined, reason: FunctionError };
  } catch (error) {
    return { reason: (error as Error).name };
  }
}

function noAnswer(image: string, reason: string = 'no result'): ProbeResult {
  return {
    verdict: 'NO_ROUTE',
    isDefiniteNo: false,
    message: `the function inside the VPC did not answer (${reason}); check that the subnets in pullCheck.vpcSubnets have a route to Secrets Manager and to the registry of ${image}`,
    requests: 0,
  };
}

/**
 * Errors that pass: the role of this function can be seconds old, and a function in a VPC that was not used for weeks has to get its
 * network interfaces again.
 */
const PASSING = /^(?:AccessDenied|ResourceNotReady|ResourceConflict|TooManyRequests|Service)Exception$/;

/** Invokes a function, and repeats that for a minute while it is not ready. */
async function invoke(functionName: string, payload: string): Promise<InvokeCommandOutput> {
  const client = new LambdaClient({ maxAttempts: 1 });
  const abortSignal = AbortSignal.timeout(PROBE_TIMEOUT);
  const end = Date.now() + ACCESS_PATIENCE;
  try {
    for (;;) {
      const command = new InvokeCommand({ FunctionName: functionName, Payload: payload });
      const outcome = await client.send(command, { abortSignal }).catch((error: Error) => error);
      if (!(outcome instanceof Error)) {
        return outcome;
      }
      if (!PASSING.test(outcome.name) || Date.now() > end) {
        throw outcome;
      }
      await sleep(2_000);
    }
  } finally {
    client.destroy();
  }
}

/** Whether the stack rolls back; true if that is not known, because a rollback that fails leaves the stack stuck. */
async function isRollingBack(stackId: string): Promise<boolean> {
  const client = new CloudFormationClient();
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: stackId }), { abortSignal: AbortSignal.timeout(STATE_TIMEOUT) });
    return Stacks?.[0]?.StackStatus?.includes('ROLLBACK') ?? true;
  } catch {
    return true;
  } finally {
    client.destroy();
  }
}
