import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** An exception of AWS. */
export interface AwsError {
  readonly error: string;
  readonly message?: string;
  /** The status; 400 is that of every mistake of the caller. */
  readonly status?: number;
}

/** What the function asked AWS. */
export interface AwsCall {
  readonly operation: 'GetSecretValue' | 'DescribeStacks' | 'Invoke';
  /** The Region that the request was signed for. */
  readonly region: string;
  readonly input: any;
}

type Output = AwsError | object;

/** Instead of an output: AWS never answers. */
export const SILENCE = {};

/** What AWS does, as one test wants it; `call` counts the calls of the operation, this one included. */
export interface AwsScript {
  readonly getSecretValue?: (input: { SecretId: string }, call: number) => Output;
  readonly describeStacks?: (input: { StackName: string }, call: number) => Output;
  /** The payload that the invoked function returns, or an exception; never settling means that it never answers. */
  readonly invoke?: (payload: any, call: number) => Promise<unknown>;
}

/** Makes the invoked function fail: its error goes to the caller. */
export class FunctionError extends Error {}

/** The few operations of AWS that the function uses, over HTTP and in AWS's own protocols. */
export class FakeAws {
  public static async start(): Promise<FakeAws> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FakeAws(server);
  }

  public readonly endpoint: string;
  public readonly calls: AwsCall[] = [];
  private script: AwsScript = {};

  private constructor(private readonly server: http.Server) {
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.answer(request, response));
  }

  public play(script: AwsScript): void {
    this.calls.length = 0;
    this.script = script;
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    // The clients take the server's time for a skew of their own clock, which may be a hurried one.
    response.sendDate = false;
    const [, functionName] = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '') ?? [];
    if (request.headers['x-amz-target'] === 'secretsmanager.GetSecretValue') {
      const input = JSON.parse(body);
      sendJson(response, this.script.getSecretValue?.(input, this.record('GetSecretValue', request, input)));
    } else if (functionName !== undefined) {
      const payload = JSON.parse(body);
      await this.sendPayload(response, payload, this.record('Invoke', request, { functionName: decodeURIComponent(functionName), payload }));
    } else {
      const input = Object.fromEntries(new URLSearchParams(body));
      sendXml(response, this.script.describeStacks?.(input as any, this.record('DescribeStacks', request, input)));
    }
  }

  private record(operation: AwsCall['operation'], { headers }: http.IncomingMessage, input: unknown): number {
    const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(headers.authorization ?? '') ?? [];
    this.calls.push({ operation, region, input });
    return this.calls.filter((call) => call.operation === operation).length;
  }

  private async sendPayload(response: http.ServerResponse, payload: unknown, call: number): Promise<void> {
    try {
      const result = await this.script.invoke?.(payload, call);
      if (result !== null && typeof result === 'object' && 'error' in result) {
        sendJson(response, result);
        return;
      }
      response.end(JSON.stringify(result));
    } catch (error) {
      response.setHeader('x-amz-function-error', 'Unhandled');
      response.end(JSON.stringify({ errorType: (error as Error).name, errorMessage: (error as Error).message }));
    }
  }
}

/** AWS JSON 1.1, which Secrets Manager speaks. */
function sendJson(response: http.ServerResponse, output: Output = { error: 'UnexpectedCall' }): void {
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if (output === SILENCE) {
    return;
  }
  if ('error' in output) {
    response.statusCode = output.status ?? 400;
    response.setHeader('x-amzn-errortype', output.error);
    response.end(JSON.stringify({ __type: output.error, message: output.message }));
  } else {
    response.end(JSON.stringify(output));
  }
}

/** AWS Query, which CloudFormation speaks. */
function sendXml(response: http.ServerResponse, output: Output = { error: 'UnexpectedCall' }): void {
  response.setHeader('content-type', 'text/xml');
  if (output === SILENCE) {
    return;
  }
  if ('error' in output) {
    response.statusCode = output.status ?? 400;
    response.end(`<ErrorResponse><Error><Type>Sender</Type><Code>${output.error}</Code><Message>${output.message}</Message></Error></ErrorResponse>`);
  } else {
    const members = Object.entries(output).map(([name, value]) => `<${name}>${value}</${name}>`).join('');
    response.end(`<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>${members}</member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);
  }
}
