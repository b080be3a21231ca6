import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { App } from './app';
import { ACCOUNT, Cloud, REGION } from './cloud';
import { Containerd } from './containerd';
import { Dockerd } from './dockerd';
import { PULLER, startInternet, Internet } from './internet';
import { MiniStack } from './ministack';
import { Moto } from './moto';

interface Stoppable {
  stop(): Promise<void>;
}

/** Registries, an account of AWS, and the engine that runs its tasks. */
export interface World<C extends Cloud = Cloud, E extends Stoppable = Stoppable> extends Stoppable {
  readonly internet: Internet;
  readonly cloud: C;
  readonly engine: E;
}

/** An account that runs its tasks by dockerd, as instances do. */
export async function startMiniStack(iam: boolean): Promise<World<MiniStack, Dockerd>> {
  return start(Dockerd.start, (directory, certificateAuthority, { socket }) =>
    MiniStack.start(directory, { iam, certificateAuthority, engine: socket }));
}

/** An account without tasks, and containerd, which Fargate has. */
async function startMoto(): Promise<World<Moto, Containerd>> {
  return start(Containerd.start, Moto.start);
}

async function start<C extends Cloud, E extends Stoppable>(
  startEngine: (directory: string, certificateAuthority: string) => Promise<E>,
  startCloud: (directory: string, certificateAuthority: string, engine: E) => Promise<C>,
): Promise<World<C, E>> {
  const directory = mkdtempSync(join(tmpdir(), 'world-'));
  const started: Stoppable[] = [];
  const stop = async () => {
    for (const server of started.splice(0).reverse()) {
      await server.stop();
    }
    rmSync(directory, { recursive: true, force: true });
  };
  const remember = <T extends Stoppable>(server: T): T => {
    started.push(server);
    return server;
  };
  try {
    const internet = remember(await startInternet());
    const engine = remember(await startEngine(directory, internet.certificateAuthority));
    const cloud = remember(await startCloud(directory, internet.certificateAuthority, engine));
    return { internet, engine, cloud, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** For the tests of one file: MiniStack, which was bootstrapped. */
export function useMiniStack(options: { readonly iam: boolean } = { iam: false }): () => World<MiniStack, Dockerd> {
  return use(() => startMiniStack(options.iam), bootstrap);
}

/** For the tests of one file: moto, which was bootstrapped and has IAM enforced from then on. */
export function useMoto(): () => World<Moto, Containerd> {
  return use(startMoto, async (cloud) => {
    await bootstrap(cloud);
    await cloud.enforceIam(true);
  });
}

async function bootstrap(cloud: Cloud): Promise<void> {
  await App.example(cloud, 'web-service').cdk('bootstrap', `aws://${ACCOUNT}/${REGION}`, '--app', '');
}

function use<W extends World>(startWorld: () => Promise<W>, prepare: (cloud: W['cloud']) => Promise<void>): () => W {
  let world: W | undefined;
  beforeAll(async () => {
    world = await startWorld();
    await prepare(world.cloud);
  });
  afterAll(async () => {
    App.removeAll();
    await world?.stop();
  });
  return () => world!;
}

/** Stores credentials as an administrator does it by hand, and returns the full ARN. */
export async function storeSecret(cloud: Cloud, name: string, credentials: { username: string; password: string } = PULLER): Promise<string> {
  const { username, password } = credentials;
  const client = new SecretsManagerClient(cloud.client());
  const { ARN } = await client.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ username, password }) }));
  return ARN!;
}
