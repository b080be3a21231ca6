import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Server } from './server';

/** Not whatever else is in PATH. */
const DOCKER = '/usr/bin/docker';

/** Debian's dockerd, which is the engine of instances, with a bridge in the network of this world and no way out. */
export class Dockerd {
  public static async start(directory: string, certificateAuthority: string): Promise<Dockerd> {
    const socket = `unix://${join(directory, 'docker.sock')}`;
    const docker = async (...args: string[]) => (await promisify(execFile)(DOCKER, ['--host', socket, ...args], { env: { HOME: directory } })).stdout.trim();
    const server = await Server.start({
      command: '/usr/sbin/dockerd',
      args: [
        '--host', socket,
        '--data-root', join(directory, 'docker'), '--exec-root', join(directory, 'docker-exec'), '--pidfile', join(directory, 'docker.pid'),
        '--bip', '172.30.0.1/16', '--iptables=false', '--ip6tables=false', '--ip-forward=false',
        '--storage-driver', 'overlay2', '--exec-opt', 'native.cgroupdriver=cgroupfs', '--cgroup-parent', `/${process.env.WORLD_CGROUP}`,
      ],
      // As users do it who have an authority of their own.
      env: { PATH: process.env.PATH, HOME: directory, TMPDIR: directory, SSL_CERT_FILE: certificateAuthority },
      log: join(directory, 'docker.log'),
      probe: () => docker('version'),
    });
    return new Dockerd(server, socket, docker);
  }

  private constructor(
    private readonly server: Server,
    public readonly socket: string,
    private readonly docker: (...args: string[]) => Promise<string>,
  ) {}

  /** The running containers. */
  public async containers(): Promise<string[]> {
    return (await this.docker('ps', '--quiet', '--no-trunc')).split('\n').filter(Boolean);
  }

  /** Forgets the images: Fargate has none from earlier tasks. Containers that run from them go on. */
  public async forgetImages(): Promise<void> {
    const images = await this.docker('images', '--format', '{{.Repository}}:{{.Tag}}');
    for (const image of images.split('\n').filter((name) => name !== '' && !name.includes('<none>'))) {
      await this.docker('rmi', '--force', image);
    }
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }
}
