import { skopeo } from '../../registries/clients';
import { Layout } from '../../registries/images';

/** The tags of acme/api: what a team publishes, and the commonest mistake of all. */
const TAGS = { '1.4.2': ['amd64', 'arm64'], '1.5.0': ['amd64'], 'built-on-a-mac': ['arm64'] } as const;
const OTHERS = ['acme/web:2.0.0', 'acme/sidecar:0.9', 'acme/agent:2.1.0', 'acme/worker:3.0.0', 'elsewhere/tool:1'];

/** Pushes the images to a registry without authentication, and returns the digests of the tags. */
export async function pushCatalogue(directory: string, port: number): Promise<Record<string, string>> {
  const layout = new Layout(directory);
  const images = Object.fromEntries(['amd64', 'arm64'].map((architecture) => [architecture, layout.image(architecture)]));
  const push = (tag: string, to: string) => skopeo('copy', '--all', '--dest-tls-verify=false', `oci:${directory}:${tag}`, `docker://127.0.0.1:${port}/${to}`);
  const digests: Record<string, string> = {};
  for (const [tag, architectures] of Object.entries(TAGS)) {
    const image = architectures.length === 1
      ? images[architectures[0]]
      : layout.imageIndex(architectures.map((architecture) => ({ ...images[architecture], platform: { architecture, os: 'linux' } })));
    layout.tag(tag, image);
    await push(tag, `acme/api:${tag}`);
    digests[tag] = image.digest;
  }
  for (const other of OTHERS) {
    await push('1.5.0', other);
  }
  return digests;
}
