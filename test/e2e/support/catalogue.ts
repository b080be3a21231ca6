import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { skopeo } from '../../registries/clients';
import { Layout } from '../../registries/images';

/** The tags of acme/api: what a team publishes, and the commonest mistake of all. */
const TAGS = { '1.4.2': ['amd64', 'arm64'], '1.5.0': ['amd64'], 'built-on-a-mac': ['arm64'] } as const;
const OTHERS = ['acme/web:2.0.0', 'acme/sidecar:0.9', 'acme/agent:2.1.0', 'acme/worker:3.0.0', 'elsewhere/tool:1'];

/**
 * Pushes the images to a registry without authentication, and returns the digests of the tags. A container of any of them
 * answers HTTP requests on port 8080 with the tag of acme/api that it has.
 */
export async function pushCatalogue(directory: string, port: number): Promise<Record<string, string>> {
  const layout = new Layout(directory);
  const push = (tag: string, to: string) => skopeo('copy', '--all', '--dest-tls-verify=false', `oci:${directory}:${tag}`, `docker://127.0.0.1:${port}/${to}`);
  const digests: Record<string, string> = {};
  for (const [tag, architectures] of Object.entries(TAGS)) {
    const images = architectures.map((architecture) => ({ ...webServer(layout, join(directory, tag), architecture, tag), platform: { architecture, os: 'linux' } }));
    const image = images.length === 1 ? images[0] : layout.imageIndex(images);
    layout.tag(tag, image);
    await push(tag, `acme/api:${tag}`);
    digests[tag] = image.digest;
  }
  for (const other of OTHERS) {
    await push('1.5.0', other);
  }
  return digests;
}

/** busybox alone, this machine's. It ends by itself when it is told to, as the first process of a container has to. */
function webServer(layout: Layout, root: string, architecture: string, answer: string) {
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'www'), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  writeFileSync(join(root, 'www/index.html'), answer);
  const tar = execFileSync('tar', ['--create', '--owner=0', '--group=0', '--directory', root, '.'], { maxBuffer: Infinity });
  const config = layout.blob('application/vnd.oci.image.config.v1+json', {
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/bin'], Cmd: ['busybox', 'sh', '-c', `trap 'exit 0' TERM; echo ${answer} listens; busybox httpd -f -p 8080 -h /www & wait`] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
  });
  return layout.manifest(config, [layout.blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar))]);
}
