import * as http from 'node:http';
import { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const ACCOUNT = '111122223333';
const STS = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';

/**
 * The services of AWS that the cdk command asks for values: SSM for parameters and Cloud Control for roles. STS says whose account it is,
 * and has no role for look-ups, as in an account without bootstrap.
 */
export class LookUpServer {
  public static async start(parameters: Record<string, string>, roleArn: string): Promise<LookUpServer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new LookUpServer(server, parameters, roleArn);
  }

  public readonly endpoint: string;
  /** What was looked up: the names of parameters and the identifiers of resources. */
  public readonly asked: string[] = [];

  private constructor(private readonly server: http.Server, private readonly parameters: Record<string, string>, private readonly roleArn: string) {
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('request', (request, response) => void this.answer(request, response));
  }

  public async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await text(request);
    const operation = String(request.headers['x-amz-target'] ?? new URLSearchParams(body).get('Action'));
    if (operation.endsWith('.GetParameter')) {
      response.end(this.parameter(JSON.parse(body).Name));
    } else if (operation.endsWith('.GetResource')) {
      response.end(this.resource(JSON.parse(body)));
    } else if (operation === 'GetCallerIdentity') {
      const identity = `<Account>${ACCOUNT}</Account><Arn>arn:aws:iam::${ACCOUNT}:user/acme</Arn>`;
      response.end(`<GetCallerIdentityResponse ${STS}><GetCallerIdentityResult>${identity}</GetCallerIdentityResult></GetCallerIdentityResponse>`);
    } else {
      response.writeHead(403).end(`<ErrorResponse ${STS}><Error><Code>AccessDenied</Code><Message>there is no such role</Message></Error></ErrorResponse>`);
    }
  }

  private parameter(name: string): string {
    this.asked.push(name);
    return JSON.stringify({ Parameter: { Name: name, Type: 'String', Value: this.parameters[name] } });
  }

  private resource({ TypeName, Identifier }: { TypeName: string; Identifier: string }): string {
    this.asked.push(Identifier);
    return JSON.stringify({ TypeName, ResourceDescription: { Identifier, Properties: JSON.stringify({ Arn: this.roleArn, RoleName: Identifier }) } });
  }
}
