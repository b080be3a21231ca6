import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { HOST, Site, Sites } from './sites';
import { REPOSITORY } from '../scripts/run';
import { ALICE } from '../test/registries/accounts';
import { craneFor, skopeoInspect } from '../test/registries/clients';
import { REPOSITORY as IMAGES } from '../test/registries/images';
import { FakeAws } from '../test/support/fake-aws';
import { LambdaFunction } from '../test/support/lambda-harness';
import { ResponseServer } from '../test/support/response-server';

/** Somebody who can be asked about the image. */
export interface Contestant {
  readonly name: string;
  /** What is no part of the answer. */
  prepare?(): Promise<void>;
  /** Fails unless the image is found. */
  ask(): Promise<unknown>;
}

export interface Contest {
  /** The function, which has asked this registry a moment ago. */
  readonly kept: Contestant;
  /** The same, after the registry has closed its connections. */
  readonly fresh: Contestant;
  /** The same check as a command. Most of its time Node.js needs to start. */
  readonly command: Contestant;
  readonly others: readonly Contestant[];
}

/** An index of two platforms. */
const TAG = 'multi';
const PLATFORM = 'linux/amd64';
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:registry/pull-a1B2c3';
const COMMAND_LINE = join(REPOSITORY, 'bin', 'cdk-private-registry');
/** A network for documentation; it stands for any public address. */
const PUBLIC_ADDRESS = '198.51.100.10';

/** The function of the pull check as it is deployed, with AWS next to it: only the way to the registry is long. */
export class WarmFunction {
  public static async start(ca: string): Promise<WarmFunction> {
    const aws = await FakeAws.start();
    aws.play({ getSecretValue: () => ({ ARN: SECRET, Name: 'registry/pull', SecretString: JSON.stringify({ username: ALICE.username, password: ALICE.password }) }) });
    return new WarmFunction(ca, aws, await ResponseServer.start());
  }

  private readonly lambda: LambdaFunction;

  private constructor(private readonly ca: string, private readonly aws: FakeAws, private readonly cloudFormation: ResponseServer) {
    this.lambda = new LambdaFunction({ aws: aws.endpoint, routes: { [HOST]: { address: PUBLIC_ADDRESS } }, environment: cloudFormation.trust });
  }

  /** From CloudFormation's event to the verdict that CloudFormation gets. */
  public async check(site: Site): Promise<void> {
    this.cloudFormation.reset();
    const { log } = await this.lambda.invoke('respond', {
      RequestType: 'Create',
      RequestId: 'f1a2b3c4-0000-1111-2222-333344445555',
      ResponseURL: this.cloudFormation.url,
      ResourceType: 'Custom::PrivateRegistryPullCheck',
      StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/Stack/5f3c0e10-1111-2222-3333-0a1b2c3d4e5f',
      LogicalResourceId: 'PrivateRegistryPullCheck1a2b3c4d',
      ResourceProperties: {
        Image: `${site.host}/${IMAGES}:${TAG}`,
        Secret: SECRET,
        SecretRegion: 'eu-west-1',
        Platform: PLATFORM,
        Mode: 'ENFORCE',
        AuthHost: site.authHost,
        CaCertificate: this.ca,
        TimeoutSeconds: '30',
      },
    });
    const [answer] = this.cloudFormation.seen.map(({ body }) => JSON.parse(body));
    if (answer?.Data?.Verdict !== 'OK') {
      throw new Error(`the check of ${site.host} failed: ${answer?.Reason}\n${log}`);
    }
  }

  public async stop(): Promise<void> {
    this.lambda.close();
    await Promise.all([this.aws.close(), this.cloudFormation.close()]);
  }
}

/** Everybody who is asked, with what comes nearest to the question of the check. */
export function contestFor(site: Site, { caFile }: Sites, lambda: WarmFunction, cleanups: Array<() => Promise<void>>): Contest {
  const image = `${site.host}/${IMAGES}:${TAG}`;
  const crane = craneFor(site.host, ALICE, { SSL_CERT_FILE: caFile });
  cleanups.push(async () => crane.remove());
  const ask = async () => lambda.check(site);
  return {
    kept: { name: 'function', ask },
    fresh: { name: 'function with new connections', prepare: async () => site.closeConnections(), ask },
    command: { name: 'command', ask: async () => checkByCommand(image, site, caFile) },
    others: [
      { name: 'crane digest', ask: async () => crane.run('digest', image) },
      { name: 'crane manifest', ask: async () => crane.run('manifest', image) },
      { name: 'skopeo inspect --raw', ask: async () => skopeoInspect(image, ALICE, '--raw') },
    ],
  };
}

async function checkByCommand(image: string, site: Site, caFile: string): Promise<void> {
  const args = [
    COMMAND_LINE, 'check', image, '--username', ALICE.username, '--password-stdin', '--platform', PLATFORM, '--insecure-loopback', '--ca-file', caFile,
    ...site.authHost === undefined ? [] : ['--auth-host', site.authHost],
  ];
  await new Promise<void>((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'] });
    child.once('error', reject).once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the command ended with ${code}`))));
    child.stdin.on('error', () => {}).end(ALICE.password);
  });
}
