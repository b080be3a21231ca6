import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { skopeo } from './clients';

const OCI = 'application/vnd.oci.image';

/** Repository of the table; everything in it is private where anything can be. */
export const REPOSITORY = 'team/app';

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** Writes an OCI image layout, so that an image needs no engine and no base image. */
export class Layout {
  private readonly index: object[] = [];

  constructor(private readonly directory: string) {
    mkdirSync(join(directory, 'blobs/sha256'), { recursive: true });
    writeFileSync(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  }

  blob(mediaType: string, content: Buffer | object): Descriptor {
    const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(this.directory, 'blobs/sha256', hex), bytes);
    return { mediaType, digest: `sha256:${hex}`, size: bytes.length };
  }

  manifest(config: Descriptor, layers: readonly Descriptor[], more: object = {}): Descriptor {
    return this.blob(`${OCI}.manifest.v1+json`, { schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, ...more, config, layers });
  }

  /** An image of one empty layer. */
  image(architecture: string): Descriptor {
    const tar = Buffer.alloc(1024);
    const diffId = `sha256:${createHash('sha256').update(tar).digest('hex')}`;
    const config = this.blob(`${OCI}.config.v1+json`, {
      architecture,
      os: 'linux',
      config: { Cmd: ['/app'] },
      rootfs: { type: 'layers', diff_ids: [diffId] },
      history: [{ created_by: `a test, for ${architecture}` }],
    });
    return this.manifest(config, [this.blob(`${OCI}.layer.v1.tar+gzip`, gzipSync(tar))]);
  }

  /** The provenance that BuildKit adds for an image, as an image for the platform unknown/unknown. */
  attestation(image: Descriptor): object {
    const config = this.blob(`${OCI}.config.v1+json`, { architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids: [image.digest] } });
    const statement = this.blob('application/vnd.in-toto+json', { _type: 'https://in-toto.io/Statement/v0.1', subject: [{ digest: image.digest }] });
    return {
      ...this.manifest(config, [statement]),
      platform: { architecture: 'unknown', os: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest', 'vnd.docker.reference.digest': image.digest },
    };
  }

  imageIndex(manifests: readonly object[]): Descriptor {
    return this.blob(`${OCI}.index.v1+json`, { schemaVersion: 2, mediaType: `${OCI}.index.v1+json`, manifests });
  }

  tag(name: string, descriptor: Descriptor): void {
    this.index.push({ ...descriptor, annotations: { 'org.opencontainers.image.ref.name': name } });
    writeFileSync(join(this.directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: this.index }));
  }
}

/** Pushes what the table asks for to a registry without authentication. */
export async function pushImages(directory: string, port: number): Promise<void> {
  const layout = new Layout(directory);
  const images = ['amd64', 'arm64'].map((architecture) => ({ ...layout.image(architecture), platform: { architecture, os: 'linux' } }));
  const [amd64, arm64] = images;
  layout.tag('amd64', amd64);
  layout.tag('arm64', arm64);
  layout.tag('multi', layout.imageIndex([...images, ...images.map((image) => layout.attestation(image))]));
  layout.tag('plain-multi', layout.imageIndex(images));

  const push = (from: string, to: string, ...options: string[]) =>
    skopeo('copy', '--all', '--dest-tls-verify=false', ...options, `oci:${directory}:${from}`, `docker://127.0.0.1:${port}/${to}`);
  for (const tag of ['amd64', 'arm64', 'multi']) {
    await push(tag, `${REPOSITORY}:${tag}`);
  }
  await push('amd64', `${REPOSITORY}:docker`, '--format', 'v2s2');
  await push('plain-multi', `${REPOSITORY}:docker-list`, '--format', 'v2s2');
  await push('amd64', 'public/tool:1');
  await pushArtifacts(port);
}

/** What has a manifest but can't run. skopeo copies images only, so these go up by the API. */
async function pushArtifacts(port: number): Promise<void> {
  const put = async (tag: string, configType: string, layerType: string, more: object) => {
    const config = await upload(port, configType, Buffer.from('{}'));
    const layer = await upload(port, layerType, Buffer.from(tag));
    const body = JSON.stringify({ schemaVersion: 2, mediaType: `${OCI}.manifest.v1+json`, ...more, config, layers: [layer] });
    const headers = { 'content-type': `${OCI}.manifest.v1+json` };
    await expectCreated(await fetch(`http://127.0.0.1:${port}/v2/${REPOSITORY}/manifests/${tag}`, { method: 'PUT', headers, body }));
  };
  await put('artifact', 'application/vnd.oci.empty.v1+json', 'application/spdx+json', { artifactType: 'application/spdx+json' });
  await put('chart', 'application/vnd.cncf.helm.config.v1+json', 'application/vnd.cncf.helm.chart.content.v1.tar+gzip', {});
}

async function upload(port: number, mediaType: string, bytes: Buffer): Promise<Descriptor> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const started = await fetch(`http://127.0.0.1:${port}/v2/${REPOSITORY}/blobs/uploads/`, { method: 'POST' });
  const target = new URL(started.headers.get('location')!, started.url);
  target.searchParams.set('digest', digest);
  await expectCreated(await fetch(target, { method: 'PUT', headers: { 'content-type': 'application/octet-stream' }, body: bytes }));
  return { mediaType, digest, size: bytes.length };
}

async function expectCreated(response: Response): Promise<void> {
  if (response.status !== 201) {
    throw new Error(`the registry refused a test's image: HTTP ${response.status} ${await response.text()}`);
  }
}
