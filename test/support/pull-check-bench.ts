import { makeCertificate, ServerCertificate } from './certificates';
import { FakeAws, AwsScript } from './fake-aws';
import { AWS_SECRETS, LambdaFunction, FunctionOptions, Invocation } from './lambda-harness';
import { leaksIn } from './leaks';
import { PASSWORD, registry as goodRegistry, TOKEN, USERNAME } from './registry-script';
import { ResponseServer, SIGNATURE } from './response-server';
import { startScriptedServer, Script, ScriptedServer } from './scripted-registry';

export const HOST = 'registry.example.com';
export const AUTH_HOST = 'auth.example.net';
export const S3_HOST = 'layers.s3.eu-west-1.amazonaws.com';
export const LIKE_S3_HOST = 's3.eu-west-1.amazonaws.com.example.net';
const OTHER_HOSTS = [AUTH_HOST, S3_HOST, LIKE_S3_HOST];
export const IMAGE_NAME = `${HOST}/acme/api:1.4.2`;
export const SECRET_ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
export const STACK_ID = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Stack/5f3c0e10-1111-2222-3333-0a1b2c3d4e5f';
export const CREDENTIALS = { username: USERNAME, password: PASSWORD };
/** Addresses of networks for documentation: the function takes the first one for public. */
export const PUBLIC_ADDRESS = '198.51.100.10';
export const PRIVATE_ADDRESS = '10.1.2.3';
/** How many of its seconds a hurried function lives in one of ours. */
export const HURRY = 20;

export type Event = Readonly<Record<string, unknown>>;

/** What came of one request of CloudFormation. */
export interface Answered {
  /** What CloudFormation got, parsed. */
  readonly response: any;
  /** The lines of the log, parsed. */
  readonly log: any[];
  readonly invocation: Invocation;
}

/** One deployment's surroundings. */
export interface Deployment {
  readonly aws?: AwsScript;
  readonly registry?: Script;
  /** How CloudFormation fails to take the answer, before it does. */
  readonly failures?: Array<number | 'cut'>;
  /** Other secrets than the usual, which must appear nowhere. */
  readonly secrets?: readonly string[];
}

export function secretOf(value: unknown): object {
  return { ARN: SECRET_ARN, Name: 'ghcr/pull', SecretString: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** The function with everything it talks to. */
export class PullCheckBench {
  public static async start(): Promise<PullCheckBench> {
    const certificate = makeCertificate([HOST, ...OTHER_HOSTS]);
    return new PullCheckBench(certificate, await startScriptedServer(certificate), await FakeAws.start(), await ResponseServer.start());
  }

  private readonly functions = new Map<string, LambdaFunction>();

  private constructor(
    public readonly certificate: ServerCertificate,
    public readonly registry: ScriptedServer,
    public readonly aws: FakeAws,
    public readonly cloudFormation: ResponseServer,
  ) {}

  /** The function with these options, for which the registry has this address and the other hosts have another; started when it is first asked for. */
  public function(options: Partial<FunctionOptions> & { readonly address?: string; readonly others?: string } = {}): LambdaFunction {
    const key = JSON.stringify(options);
    const { address = PUBLIC_ADDRESS, others = address, environment, ...more } = options;
    const { port } = this.registry;
    const routes = { [HOST]: { address, port }, ...Object.fromEntries(OTHER_HOSTS.map((host) => [host, { address: others, port }])) };
    const found = this.functions.get(key) ?? new LambdaFunction({
      aws: this.aws.endpoint, routes, ...more, environment: { ...this.cloudFormation.trust, ...environment },
    });
    this.functions.set(key, found);
    return found;
  }

  /** The function with a fast clock, for whatever waits. */
  public get hurried(): LambdaFunction {
    return this.function({ speed: HURRY });
  }

  public play({ aws = {}, registry: script = goodRegistry(HOST), failures = [] }: Deployment): void {
    this.aws.play({ getSecretValue: () => secretOf(CREDENTIALS), ...aws });
    this.registry.play(script);
    this.cloudFormation.reset(...failures);
  }

  public event(type: 'Create' | 'Update' | 'Delete', properties: Event = {}, others: Event = {}): Event {
    return {
      RequestType: type,
      RequestId: 'f1a2b3c4-0000-1111-2222-333344445555',
      ResponseURL: this.cloudFormation.url,
      ResourceType: 'Custom::PrivateRegistryPullCheck',
      StackId: STACK_ID,
      LogicalResourceId: 'PrivateRegistryPullCheck1a2b3c4d',
      ...type !== 'Create' && { PhysicalResourceId: 'PrivateRegistryPullCheck1a2b3c4d' },
      ResourceProperties: this.properties(properties),
      ...others,
    };
  }

  public properties(others: Event = {}): Event {
    return {
      ServiceToken: 'arn:aws:lambda:eu-west-1:111122223333:function:PullCheck',
      ServiceTimeout: '900',
      Image: IMAGE_NAME,
      Secret: SECRET_ARN,
      SecretRegion: 'eu-west-1',
      Platform: 'linux/amd64',
      Engine: 'dockerd',
      Mode: 'ENFORCE',
      CaCertificate: this.certificate.ca,
      TimeoutSeconds: '30',
      ...others,
    };
  }

  /** Lets CloudFormation send a request, and expects what holds for every answer. */
  public async answer(event: Event, deployment: Deployment = {}, lambda: LambdaFunction = this.function()): Promise<Answered> {
    this.play(deployment);
    return this.again(event, deployment, lambda);
  }

  /** The same in the same surroundings, as they are by now. */
  public async again(event: Event, { secrets = [] }: Deployment = {}, lambda: LambdaFunction = this.function()): Promise<Answered> {
    const invocation = await lambda.invoke('respond', event);
    const { seen } = this.cloudFormation;
    expect(leaksIn(invocation.log + seen.map(({ body }) => body).join('\n'), [USERNAME, PASSWORD, TOKEN, SIGNATURE, ...AWS_SECRETS, ...secrets])).toEqual([]);
    expect(new Set(seen.map(({ body }) => body)).size).toBe(1);
    const { method, headers, body } = seen.at(-1)!;
    expect(method).toBe('PUT');
    // The signature of the address covers these: S3 refuses any other content type, and a body in chunks.
    expect(headers).toMatchObject({ 'content-type': '', 'content-length': `${Buffer.byteLength(body)}` });
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
    const response = JSON.parse(body);
    const { RequestId, StackId, LogicalResourceId } = event;
    expect(response).toMatchObject({ RequestId, StackId, LogicalResourceId, PhysicalResourceId: event.PhysicalResourceId ?? LogicalResourceId });
    expect(response.Reason ?? '').not.toMatch(/\p{C}|\p{Zl}|\p{Zp}|(?<!got )undefined|\[object/u);
    return { response, invocation, log: invocation.log.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)) };
  }

  public async close(): Promise<void> {
    this.functions.forEach((lambda) => lambda.close());
    await Promise.all([this.registry.close(), this.aws.close(), this.cloudFormation.close()]);
  }
}

export function usePullCheckBench(): () => PullCheckBench {
  let bench: PullCheckBench;
  beforeAll(async () => {
    bench = await PullCheckBench.start();
  });
  afterAll(async () => bench.close());
  return () => bench;
}

/** Expects that the deployment is stopped, and the user is told why and how to go on all the same. */
export function expectStopped({ response }: Answered, verdict: string, reason: RegExp): void {
  expect(response).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(reason) });
  expect(response.Reason).toContain(`[${verdict}]; to deploy anyway, add --context cdk-private-registry:pullCheckMode=WARN`);
  expect(response).not.toHaveProperty('Data');
}

/** Expects that the deployment goes on with every attribute that it may refer to. */
export function expectPassed({ response, log }: Answered, verdict: string, attributes: object = {}): void {
  expect(response).toMatchObject({
    Status: 'SUCCESS',
    Data: { Verdict: verdict, Image: IMAGE_NAME, Digest: '', CredentialsParameter: SECRET_ARN, ExpiresOn: '', ...attributes },
  });
  expect(Object.keys(response.Data).sort()).toEqual(['CredentialsParameter', 'Digest', 'ExpiresOn', 'Image', 'Verdict']);
  expect(log[0]).toMatchObject({ verdict, stops: false });
}
