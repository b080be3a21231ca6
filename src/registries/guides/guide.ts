import { Registry } from '../registry';

/**
 * How to get credentials for a registry, for people: `docs/registries.md` is generated from the guides. Texts are Markdown.
 */
export interface Guide {
  readonly registry: Registry;
  /** When the credentials expire. */
  readonly expiry: string;
  /** Undefined if it is not known. */
  readonly ipv6?: boolean;
  /** What the pull-through cache of ECR can fetch from the registry; undefined for nothing. */
  readonly pullThroughCache?: 'private images' | 'public images';
  /** How to get credentials that can pull and nothing else. */
  readonly steps: readonly string[];
  readonly doesNotWork: readonly string[];
  readonly notes?: readonly string[];
  readonly documentation: readonly string[];
  readonly example: { readonly provider: string; readonly username: string; readonly password: string };
}
