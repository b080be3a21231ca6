import { IncomingHttpHeaders } from 'node:http';

/** The reason for a request; nothing else of its path is recorded. */
export type RequestPurpose = 'manifest' | 'child' | 'ping' | 'login' | 'token' | 'config' | 'expiry';

export interface HttpRequest {
  readonly purpose: RequestPurpose;
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly accept: string;
  readonly authorization?: string;
  /** A form; it holds the credentials. */
  readonly form?: string;
  /** A longer body of a successful answer is a failure; a longer body of an error is cut. */
  readonly maxBytes: number;
  /** Less patience than with other requests. */
  readonly timeoutMs?: number;
}

export interface HttpResponse {
  /** The URL that answered, after redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly challenges: readonly string[];
  readonly body: Buffer;
}

/** One request as it was sent: for counting, for `--json`, for the tests. It never holds a query or a header. */
export interface RequestRecord {
  readonly purpose: RequestPurpose;
  readonly method: string;
  readonly host: string;
  readonly authorized: boolean;
  status?: number;
}
