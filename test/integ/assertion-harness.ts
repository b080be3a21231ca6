import * as http from 'node:http';
import https from 'node:https';
import { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import * as Provider from '@aws-cdk/integ-tests-alpha/lib/assertions/providers/lambda-handler';
import { Service } from '@aws-sdk/client-ecs';
import { CASES, snapshotOf, templatesIn } from './cases';

/** An assertion of a case, as its committed template has it. */
export interface Assertion {
  /** The file of the case. */
  readonly file: string;
  /** What is asked, and what is expected. */
  readonly name: string;
  readonly type: string;
  readonly properties: any;
}

/** What AWS and the container answer. */
export interface World {
  readonly service: Partial<Service>;
  readonly stackStatus: string;
  readonly outputs: Record<string, string>;
  readonly httpStatus: number;
}

/** What is deployed: its types are beside it. */
const { handler, isComplete } = jest.requireActual<typeof Provider>('@aws-cdk/integ-tests-alpha/lib/assertions/providers/lambda-handler.bundle');

const TIME_LEFT = { getRemainingTimeInMillis: () => 60_000 };

export function assertions(): Assertion[] {
  return CASES.flatMap((file) => Object.values(templatesIn(snapshotOf(file))).flatMap(({ Resources }) => Object.values<any>(Resources)
    .filter(({ Type }) => Type.startsWith('Custom::DeployAssert@'))
    .map(({ Type, Properties }) => ({
      file, name: `${Type.split('@')[1]} ${Properties.expected}`, type: Type, properties: Properties,
    }))));
}

/**
 * Runs the function that makes the assertions in an account, with the real clients of AWS, against a server on loopback. It is
 * that of the package, and reads the events that CloudFormation would send it.
 */
export class AssertionHarness {
  public static async start(): Promise<AssertionHarness> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AssertionHarness(server);
  }

  private readonly address: string;
  private world?: World;

  private constructor(private readonly server: http.Server) {
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.answer(request, response));
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: `http://${this.address}`, AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'key',
    });
  }

  /** Whether the assertion holds. */
  public async holds({ type, properties }: Assertion, world: World): Promise<boolean> {
    this.world = world;
    const responses = this.captureResponses();
    const event = {
      RequestType: 'Create',
      RequestId: 'request',
      LogicalResourceId: 'Assertion',
      StackId: 'stack',
      ResourceType: type,
      ResponseURL: 'https://cloudformation.invalid/',
      ResourceProperties: this.resolve(properties),
    };
    if (properties.stateMachineArn) {
      // The state machine asks again after an error.
      const error = await isComplete(event, TIME_LEFT).then(() => undefined, (thrown: Error) => thrown);
      return error === undefined && responses[0]?.Status === 'SUCCESS';
    }
    await handler(event, TIME_LEFT);
    const [{ Status, Data, Reason }] = responses;
    if (Status !== 'SUCCESS') {
      throw new Error(Reason);
    }
    return JSON.parse(Data.assertion).status === 'success';
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The function answers CloudFormation on port 443 only. */
  private captureResponses(): any[] {
    const responses: any[] = [];
    jest.spyOn(https, 'request').mockImplementation(((_options: unknown, callback: () => void) => {
      const body = new PassThrough();
      void text(body).then((response) => {
        responses.push(JSON.parse(response)); callback();
      });
      return body;
    }) as any);
    return responses;
  }

  /** What CloudFormation does before it calls the function; every reference is to something that this server plays. */
  private resolve(value: any): any {
    if (Array.isArray(value)) {
      return value.map((item) => this.resolve(item));
    }
    if (typeof value !== 'object' || value === null) {
      return String(value);
    }
    const [[key, argument], ...more] = Object.entries<any>(value);
    if (more.length === 0) {
      if (key === 'Fn::Join') {
        return argument[1].map((part: any) => this.resolve(part)).join(argument[0]);
      }
      if (key === 'Fn::ImportValue') {
        return argument.includes('DNSName') ? this.address : 'imported';
      }
      if (key === 'Ref' || key === 'Fn::GetAtt') {
        return 'attribute';
      }
    }
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, this.resolve(item)]));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    const { service, stackStatus, outputs, httpStatus } = this.world!;
    if (request.method === 'GET') {
      response.writeHead(httpStatus).end();
    } else if (request.headers['x-amz-target']?.toString().endsWith('.DescribeServices')) {
      const { cluster, services } = JSON.parse(body);
      if (typeof cluster !== 'string' || !Array.isArray(services) || services.length !== 1) {
        response.writeHead(400).end('{}'); return;
      }
      response.setHeader('content-type', 'application/x-amz-json-1.1');
      response.end(JSON.stringify({ services: [{ serviceName: services[0], ...service }], failures: [] }));
    } else {
      const { Action, StackName } = Object.fromEntries(new URLSearchParams(body));
      if (Action !== 'DescribeStacks' || !StackName) {
        response.writeHead(400).end(); return;
      }
      const members = Object.entries(outputs)
        .map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`).join('');
      response.setHeader('content-type', 'text/xml');
      response.end(`<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
        <StackName>${StackName}</StackName><StackStatus>${stackStatus}</StackStatus><Outputs>${members}</Outputs>
        </member></Stacks></DescribeStacksResult></DescribeStacksResponse>`);
    }
  }
}
