import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeImage } from './image';
import { Server } from './server';
import { DISTRIBUTION_3 } from '../../registries/registries';
import { basicAuth, tlsFiles } from '../../registries/servers';
import { makeCertificate } from '../../support/certificates';

export const HOST = 'ghcr.io';
export const REPOSITORY = 'acme/api';

/** Who may pull. The password stumbles over what is not escaped. */
export const PULLER = { username: 'acme-bot', password: 'gh"p_t0k\\en$+/=9f1' };
/** Who pushes. */
const PUBLISHER = { username: 'acme-ci', password: 'publisher-Pa55' };

/** distribution 3 by its real name, on port 443, behind TLS and Basic authentication. */
export class Registry {
  public static async start(directory: string): Promise<Registry> {
    const address = process.env.WORLD_ADDRESS;
    if (address === undefined) {
      throw new Error('WORLD_ADDRESS is not set; run the tests with npx projen e2e:world');
    }
    const certificate = makeCertificate([HOST]);
    const certificateAuthority = join(directory, 'ca.pem');
    writeFileSync(certificateAuthority, certificate.ca);
    const tls = tlsFiles(directory, certificate);
    const configuration = join(directory, 'registry.yml');
    // JSON is YAML.
    writeFileSync(configuration, JSON.stringify({
      version: '0.1',
      log: { level: 'info' },
      storage: { filesystem: { rootdirectory: join(directory, 'storage') } },
      http: { addr: `${address}:443`, secret: 'of-no-use', tls },
      auth: basicAuth(directory, 'GHCR', [PULLER, PUBLISHER]),
    }));
    const server = await Server.start({
      command: DISTRIBUTION_3.command,
      args: ['serve', configuration],
      env: { PATH: process.env.PATH, OTEL_TRACES_EXPORTER: 'none' },
      log: join(directory, 'registry.log'),
      probe: () => new Promise<void>((resolve, reject) => {
        const socket = connect(443, HOST, () => {
          socket.destroy();
          resolve();
        }).once('error', reject);
      }),
    });
    return new Registry(directory, server, certificateAuthority);
  }

  private constructor(private readonly directory: string, private readonly server: Server, public readonly certificateAuthority: string) {}

  /** Publishes an image that answers HTTP requests on port 8080 with its tag. */
  public async publish(tag: string): Promise<void> {
    const layout = writeImage(join(this.directory, `image-${tag}`), tag);
    const credentials = `${PUBLISHER.username}:${PUBLISHER.password}`;
    await promisify(execFile)('skopeo', ['--insecure-policy', 'copy', '--dest-creds', credentials, `oci:${layout}:${tag}`, `docker://${HOST}/${REPOSITORY}:${tag}`], {
      env: { PATH: process.env.PATH, HOME: this.directory, SSL_CERT_FILE: this.certificateAuthority, TMPDIR: this.directory },
    });
  }

  /** The puller's token expires. distribution reads the file anew. */
  public expireToken(): void {
    basicAuth(this.directory, 'GHCR', [{ ...PULLER, password: 'another' }, PUBLISHER]);
  }

  /** What the puller was given, in order: "cdk-private-registry GET /v2/acme/api/manifests/1.4.2". */
  public given(): string[] {
    return this.server.output().split('\n')
      .filter((line) => line.includes('msg="response completed"') && field(line, 'auth.user.name') === PULLER.username && field(line, 'http.response.status') === '200')
      .map((line) => ['http.request.useragent', 'http.request.method', 'http.request.uri'].map((name) => field(line, name)).join(' '));
  }

  public async stop(): Promise<void> {
    await this.server.stop();
  }
}

/** A field of distribution's log. */
function field(line: string, name: string): string | undefined {
  const match = new RegExp(`(?:^| )${name.replaceAll('.', '\\.')}=(?:"((?:[^"\\\\]|\\\\.)*)"|(\\S*))`).exec(line);
  return match?.[1] ?? match?.[2];
}
