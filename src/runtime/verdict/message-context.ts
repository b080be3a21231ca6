import { Redactor } from './redactor';
import { Registry } from '../../registries/registry';
import { Credentials } from '../http/credentials';

/** Where a check runs, which decides what its user can change. */
export type CheckLocation = 'function' | 'function-in-vpc' | 'command-line';

/** The engine that pulls: Fargate's, or that of instances. */
export type Engine = 'containerd' | 'dockerd';

/** The facts that the messages of one check mention, and those that decide what they advise. */
export interface MessageContext {
  /** As the user wrote it. */
  readonly image: string;
  /** The registry as the user knows it: `docker.io`, not the host of its API. */
  readonly host: string;
  /** The registry whose advice fits. */
  readonly registry: Registry;
  /** Hosts that the user named or implied; any other was named by a server. */
  readonly knownHosts: readonly string[];
  readonly credentials: Credentials;
  /** The origin of the credentials, for example `the secret arn:...`; never their content. */
  readonly credentialsName: string;
  readonly location: CheckLocation;
  /** Credentials that name no hosts are refused. */
  readonly requireHosts: boolean;
  /** The registry is known to admit only some addresses. */
  readonly restrictedNetwork: boolean;
  /** `undefined`: not known. */
  readonly engine?: Engine;
  readonly redactor: Redactor;
}

/** A host that can be shown. The user's own text is left alone, although a user name like `acme` can be part of it. */
export function shownHost({ knownHosts, redactor }: MessageContext, { host }: { readonly host: string }): string {
  return knownHosts.includes(host) ? host : redactor.clean(host);
}
