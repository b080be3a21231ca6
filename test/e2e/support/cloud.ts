import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { Server, ServerOptions } from './server';

export const ROOT = join(__dirname, '../../..');
export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const PYTHON = join(ROOT, '.e2e/venv/bin/python');
const PORT = 4566;
export const ENDPOINT = `http://127.0.0.1:${PORT}`;

/** What CloudFormation asked of a custom resource, and what it got. */
export interface CustomResourceRequest {
  readonly event: { readonly RequestType: 'Create' | 'Update' | 'Delete'; readonly LogicalResourceId: string; readonly ResourceType: string; readonly ResourceProperties: any };
  readonly answer: { readonly Status: 'SUCCESS' | 'FAILED'; readonly Reason?: string; readonly Data?: Record<string, string> };
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** One account of AWS, empty at first: a server on this machine, moto or MiniStack. */
export abstract class Cloud {
  protected static serve(directory: string, name: string, options: Pick<ServerOptions, 'args' | 'env'>): Promise<Server> {
    return Server.start({ ...options, command: PYTHON, log: join(directory, `${name}.log`), probe: () => fetch(`${ENDPOINT}/`) });
  }

  /** Whoever deploys and looks. */
  public abstract readonly administrator: Credentials;
  /** What the cdk command needs beside the endpoint. */
  public readonly cdkEnvironment: NodeJS.ProcessEnv = {};

  protected constructor(private readonly server: Server, private readonly directory: string) {}

  /** What a client of the AWS SDK needs: `new ECSClient(cloud.client())`. */
  public client(credentials: Credentials = this.administrator): { endpoint: string; region: string; credentials: Credentials } {
    return { endpoint: ENDPOINT, region: REGION, credentials };
  }

  /** Everything that CloudFormation has asked of the pull checks so far, or of custom resources of another type. */
  public requests(type: string = 'Custom::PrivateRegistryPullCheck'): CustomResourceRequest[] {
    return this.read('custom-resources.jsonl').split('\n').filter(Boolean)
      .map((line) => JSON.parse(line) as CustomResourceRequest)
      .filter(({ event }) => event.ResourceType === type);
  }

  /** Physical ids of a stack's resources of a type, or of all. */
  public async resources(stack: string, type?: string): Promise<string[]> {
    const { StackResourceSummaries = [] } = await new CloudFormationClient(this.client()).send(new ListStackResourcesCommand({ StackName: stack }));
    return StackResourceSummaries
      .filter(({ ResourceType }) => type === undefined || ResourceType === type)
      .map(({ PhysicalResourceId }) => PhysicalResourceId!);
  }

  /** What all functions have written, also those that are gone. */
  public functionLog(): string {
    return this.read('functions.log');
  }

  /** What the server has written: its requests, faults, and what it doesn't support. */
  public log(): string {
    return this.server.output();
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }

  private read(name: string): string {
    const file = join(this.directory, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  }
}
