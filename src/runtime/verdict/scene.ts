import { Redactor } from './text';
import { Registry } from '../../registries/registry';
import { Credentials } from '../oci/token';

/** Where a check runs, which decides what its user can change. */
export type Vantage = 'function' | 'function-in-vpc' | 'command-line';

/** What the messages of one check speak of. */
export interface Scene {
  /** As the user wrote it. */
  readonly image: string;
  /** The registry as the user knows it: `docker.io`, not the host of its API. */
  readonly host: string;
  /** Knows the next step. By name or by likeness of the host, so it is no reason to trust anything. */
  readonly registry: Registry;
  /** Hosts that the user named or implied; any other was named by a server. */
  readonly knownHosts: readonly string[];
  readonly credentials: Credentials;
  /** Where the credentials come from, for instance `the secret arn:...`; never what they are. */
  readonly credentialsName: string;
  readonly vantage: Vantage;
  /** The registry is known to admit only some addresses. */
  readonly restrictedNetwork: boolean;
  readonly onFargate: boolean;
  readonly redactor: Redactor;
}
