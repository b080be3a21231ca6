import { MANIFEST_ACCEPT } from './manifest';
import { Platform } from './platform';
import { RealmOptions } from './realm';
import { ImageReference } from '../../reference/image-reference';
import { CheckEnvironment } from '../http/environment';
import { HttpResponse, RequestPurpose } from '../http/message';
import { sendAndFollow } from '../http/redirect';
import { Transport } from '../http/transport';
import { MessageContext } from '../verdict/message-context';

/** containerd reads 4 MiB, but the function has little memory, and no real manifest is as long as this. */
const MANIFEST_LIMIT = 1024 * 1024;
const PING_LIMIT = 64 * 1024;

/** One check while it runs. */
export interface RunningCheck {
  readonly image: ImageReference;
  /** `https://<host>/v2/` */
  readonly api: URL;
  readonly realmOptions: RealmOptions;
  /** All that are needed. */
  readonly platforms: readonly Platform[];
  /** Whether the bytes of the manifest are needed, rather than only its existence. */
  readonly needsBody: boolean;
  readonly transport: Transport;
  readonly environment: CheckEnvironment;
  readonly context: MessageContext;
}

export interface ManifestRequest {
  readonly method: 'GET' | 'HEAD';
  /** A tag or digest. */
  readonly reference: string;
  readonly purpose: RequestPurpose & ('manifest' | 'child');
}

export function requestManifest(check: RunningCheck, { method, reference, purpose }: ManifestRequest, authorization?: string): Promise<HttpResponse> {
  const { image, api, transport, environment } = check;
  const url = new URL(`${image.repository}/manifests/${reference}`, api);
  return sendAndFollow(transport, { purpose, method, url, accept: MANIFEST_ACCEPT, authorization, maxBytes: MANIFEST_LIMIT }, environment);
}

export function requestConfig(check: RunningCheck, digest: string, authorization?: string): Promise<HttpResponse> {
  const { image, api, transport, environment } = check;
  const url = new URL(`${image.repository}/blobs/${digest}`, api);
  return sendAndFollow(transport, { purpose: 'config', method: 'GET', url, accept: '*/*', authorization, maxBytes: MANIFEST_LIMIT }, environment);
}

export function ping(check: RunningCheck): Promise<HttpResponse> {
  const { api, transport, environment } = check;
  return sendAndFollow(transport, { purpose: 'ping', method: 'GET', url: api, accept: 'application/json', maxBytes: PING_LIMIT }, environment);
}
