import { spawn, ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { Internet } from './internet';
import { consumerDirectory, PYTHON, SERVER } from './places';
import { makeCertificate } from '../../support/certificates';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
const REGIONS = [REGION, 'eu-central-1', 'us-east-1'];
/** What a function calls. CloudFormation takes the answers of custom resources, too. */
const SERVICES = ['secretsmanager', 'cloudformation', 'lambda', 'ec2', 'sts', 'kms'];
const START_TIMEOUT = 60_000;

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

/** One account of AWS, empty at first: moto's server with the modules of test/e2e/aws. */
export class Cloud {
  public static async start(internet: Internet): Promise<Cloud> {
    const directory = mkdtempSync(join(tmpdir(), 'e2e-moto-'));
    const certificate = makeCertificate(REGIONS.map((region) => `*.${region}.amazonaws.com`));
    const file = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return join(directory, name);
    };
    const runtime = join(consumerDirectory(), 'lambda');
    const options = {
      record: join(directory, 'custom-resources.jsonl'),
      functionLog: join(directory, 'functions.log'),
      certificate: file('server.pem', certificate.cert),
      key: file('server.key', certificate.key),
      certificateAuthority: file('ca.pem', certificate.ca + readFileSync(internet.certificateAuthority, 'utf8')),
      regions: REGIONS,
      services: SERVICES,
      routes: internet.routes,
      nodes: { 'nodejs24.x': join(runtime, 'nodejs24.x') },
      runtimeModules: join(runtime, 'node_modules'),
      lambdaProcess: join(runtime, 'process.js'),
    };
    const log = openSync(join(directory, 'moto.log'), 'w');
    // The kernel ends the server with this process, however that ends.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', PYTHON, '-B', '-m', 'aws', JSON.stringify(options)], {
      cwd: SERVER,
      stdio: ['ignore', 'pipe', log],
      env: { PATH: process.env.PATH, TMPDIR: directory },
    });
    const cloud = new Cloud(directory, child);
    try {
      cloud.port = await cloud.listening();
      return cloud;
    } catch (error) {
      await cloud.stop();
      throw error;
    }
  }

  /** Whoever deploys and looks. moto asks nobody who they are until IAM is enforced. */
  public administrator: Credentials = { accessKeyId: 'AKIAADMINISTRATOR000', secretAccessKey: 'of-no-use' };
  private port = 0;

  private constructor(private readonly directory: string, private readonly child: ChildProcess) {}

  public get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** What a client of the AWS SDK needs: `new ECSClient(cloud.client())`. */
  public client(credentials: Credentials = this.administrator): { endpoint: string; region: string; credentials: Credentials } {
    return { endpoint: this.endpoint, region: REGION, credentials };
  }

  /** From now on IAM decides about every request, or none. moto starts with none. */
  public async enforceIam(on: boolean): Promise<void> {
    const response = await fetch(`${this.endpoint}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : 'inf' });
    if (!response.ok) {
      throw new Error(`moto refused: HTTP ${response.status}`);
    }
  }

  /** Everything that CloudFormation has asked of the pull checks so far. */
  public requests(): CustomResourceRequest[] {
    return this.allRequests().filter(({ event }) => event.ResourceType === 'Custom::PrivateRegistryPullCheck');
  }

  /** The same of every custom resource, also those of aws-cdk-lib. */
  public allRequests(): CustomResourceRequest[] {
    const record = join(this.directory, 'custom-resources.jsonl');
    const lines = existsSync(record) ? readFileSync(record, 'utf8').split('\n').filter(Boolean) : [];
    return lines.map((line) => JSON.parse(line) as CustomResourceRequest);
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
    return readFileSync(join(this.directory, 'functions.log'), 'utf8');
  }

  /** What the server has written: its requests, faults, and what it doesn't support. */
  public log(): string {
    return readFileSync(join(this.directory, 'moto.log'), 'utf8');
  }

  public async stop(): Promise<void> {
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null) {
      const ended = once(this.child, 'exit');
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.directory, { recursive: true, force: true });
  }

  private listening(): Promise<number> {
    return new Promise((resolve, reject) => {
      const giveUp = (reason: string) => reject(new Error(`moto did not start, ${reason}:\n${this.log()}`));
      const timer = setTimeout(() => giveUp('it is silent'), START_TIMEOUT);
      createInterface({ input: this.child.stdout! }).once('line', (line) => {
        clearTimeout(timer);
        resolve(JSON.parse(line).http);
      });
      this.child.once('error', ({ message }) => giveUp(message));
      this.child.once('exit', (code) => {
        clearTimeout(timer);
        giveUp(`exit status ${code}`);
      });
    });
  }
}
