import { MANIFEST_ACCEPT } from './manifest';
import { Platform } from './platform';
import { RealmOptions } from './realm';
import { ImageReference } from '../../reference/image-reference';
import { CheckEnvironment } from '../http/environment';
import { sendAndFollow } from '../http/redirect';
import { HttpResponse, Transport } from '../http/transport';
import { Scene } from '../verdict/scene';

/** Manifests are at most 4 MiB (what containerd reads); error bodies are shorter, but an error's status is enough. */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const PING_LIMIT = 64 * 1024;

/** One check while it runs. */
export interface Session {
  readonly image: ImageReference;
  /** `https://<host>/v2/` */
  readonly api: URL;
  readonly realmOptions: RealmOptions;
  readonly platform?: Platform;
  /** Whether the manifest's bytes are needed, and not only that it is there. */
  readonly needsBody: boolean;
  readonly transport: Transport;
  readonly environment: CheckEnvironment;
  readonly scene: Scene;
}

export function requestManifest(session: Session, method: 'GET' | 'HEAD', authorization?: string): Promise<HttpResponse> {
  const { image, api, transport, environment } = session;
  const url = new URL(`${image.repository}/manifests/${image.digest ?? image.tag ?? 'latest'}`, api);
  return sendAndFollow(transport, { purpose: 'manifest', method, url, accept: MANIFEST_ACCEPT, authorization, maxBytes: MANIFEST_LIMIT }, environment);
}

export function requestConfig(session: Session, digest: string, authorization?: string): Promise<HttpResponse> {
  const { image, api, transport, environment } = session;
  const url = new URL(`${image.repository}/blobs/${digest}`, api);
  return sendAndFollow(transport, { purpose: 'config', method: 'GET', url, accept: '*/*', authorization, maxBytes: MANIFEST_LIMIT }, environment);
}

export function ping(session: Session): Promise<HttpResponse> {
  const { api, transport, environment } = session;
  return sendAndFollow(transport, { purpose: 'ping', method: 'GET', url: api, accept: 'application/json', maxBytes: PING_LIMIT }, environment);
}
