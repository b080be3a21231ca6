import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Layout } from '../../registries/images';

const ARCHITECTURE = { x64: 'amd64', arm64: 'arm64' }[process.arch as string];

/**
 * Writes an image of busybox alone, in which a web server answers with the version. It ends by itself when it is told to, as the
 * first process of a container has to.
 */
export function writeImage(directory: string, version: string): string {
  const root = join(directory, 'root');
  mkdirSync(join(root, 'bin'), { recursive: true });
  mkdirSync(join(root, 'www'));
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  writeFileSync(join(root, 'www/index.html'), version);
  const tar = execFileSync('tar', ['--create', '--owner=0', '--group=0', '--directory', root, '.'], { maxBuffer: Infinity });

  const layout = new Layout(join(directory, 'layout'));
  const config = layout.blob('application/vnd.oci.image.config.v1+json', {
    architecture: ARCHITECTURE,
    os: 'linux',
    config: {
      Env: ['PATH=/bin'],
      Cmd: ['busybox', 'sh', '-c', `trap 'exit 0' TERM; echo ${version} listens; busybox httpd -f -p 8080 -h /www & wait`],
    },
    rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
  });
  layout.tag(version, layout.manifest(config, [layout.blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(tar))]));
  return join(directory, 'layout');
}
