import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Server } from './server';

/** What containerd said, without the command, which has the password. */
export class ContainerdError extends Error {}

/** Debian's containerd, which is the engine of Fargate. */
export class Containerd {
  public static async start(directory: string, certificateAuthority: string): Promise<Containerd> {
    const configuration = join(directory, 'containerd.toml');
    const address = join(directory, 'containerd.sock');
    writeFileSync(configuration, `
      version = 2
      root = "${directory}/containerd"
      state = "${directory}/containerd-state"
      disabled_plugins = ["io.containerd.grpc.v1.cri"]
      [grpc]
        address = "${address}"
      [plugins."io.containerd.internal.v1.opt"]
        path = "${directory}/containerd-opt"
    `);
    const env = { PATH: process.env.PATH, SSL_CERT_FILE: certificateAuthority };
    // Its namespace is the name of its cgroup, too.
    const ctr = async (...args: string[]) => {
      const { stdout } = await promisify(execFile)('/usr/bin/ctr', ['--address', address, '--namespace', process.env.WORLD_CGROUP!, ...args], { env });
      return stdout.trim();
    };
    const server = await Server.start({
      command: '/usr/bin/containerd', args: ['--config', configuration], env, log: join(directory, 'containerd.log'), probe: () => ctr('version'),
    });
    return new Containerd(directory, server, ctr);
  }

  private containers = 0;

  private constructor(
    private readonly directory: string,
    private readonly server: Server,
    private readonly ctr: (...args: string[]) => Promise<string>,
  ) {}

  /** Pulls an image that no earlier task has left, runs it in a network of its own, and returns what it answers there. */
  public async run(image: string, { username, password }: { username: string; password: string }): Promise<string> {
    const reference = withHost(image);
    const name = `task-${++this.containers}`;
    try {
      await this.ctr('images', 'pull', '--platform', 'linux/amd64', '--user', `${username}:${password}`, reference);
    } catch (error) {
      const { code, stderr = '' } = error as { code?: number | string; stderr?: string };
      throw typeof code === 'number' ? new ContainerdError(/^ctr: (.*)/m.exec(stderr)?.[1]) : new Error(`ctr has not come to its end: ${code}`);
    }
    const pidFile = join(this.directory, `${name}.pid`);
    await this.ctr('run', '--detach', '--null-io', '--pid-file', pidFile, reference, name);
    try {
      return await ask(readFileSync(pidFile, 'utf8'));
    } finally {
      await this.ctr('tasks', 'delete', '--force', name);
      await this.ctr('containers', 'delete', name);
      await this.ctr('images', 'rm', '--sync', reference);
    }
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }
}

/** What the web server of a container answers, as soon as it listens, from within the container's network. */
async function ask(pid: string): Promise<string> {
  while (true) {
    try {
      const command = ['--target', pid, '--net', 'busybox', 'wget', '-q', '-O', '-', 'http://127.0.0.1:8080/'];
      return (await promisify(execFile)('nsenter', command)).stdout;
    } catch {
      await pause(50);
    }
  }
}

/** containerd wants the host that everybody else leaves out for Docker Hub. */
function withHost(image: string): string {
  const [first, ...others] = image.split('/');
  return others.length > 0 && /[.:]|^localhost$/.test(first) ? image : `docker.io/${image}`;
}
