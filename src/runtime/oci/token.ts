import { parseJson } from '../http/json';
import { HttpResponse } from '../http/message';

const CLIENT_ID = 'cdk-private-registry';

/** The URL of a token request; without a scope it is that of `docker login`. */
export function tokenUrl(realm: URL, service: string | undefined, scope?: string): URL {
  // The query of the realm is kept.
  const url = new URL(realm);
  if (service) {
    url.searchParams.append('service', service);
  }
  if (scope !== undefined) {
    url.searchParams.append('scope', scope);
  }
  url.searchParams.append('client_id', CLIENT_ID);
  return url;
}

/**
 * The scope to request, given the one that the registry offers. Artifactory omits the repository key in front of the path, nvcr.io offers
 * `pull,push` or nothing, Forgejo `*`. So a name that ends this repository is used, and nothing but `pull` is requested.
 */
export function pullScope(repository: string, offered: string = ''): string {
  const names = repositoryNames(offered);
  const name = names.find((n) => n === repository) ?? names.find((n) => repository.endsWith(`/${n}`)) ?? repository;
  return `repository:${name}:pull`;
}

/** The scope that a registry names with `insufficient_scope`, for any repository: the registry knows the name that it keeps the image under. */
export function demandedScope(offered: string = ''): string | undefined {
  const names = repositoryNames(offered);
  return names.length === 1 ? `repository:${names[0]}:pull` : undefined;
}

function repositoryNames(scope: string): string[] {
  return scope.split(' ').flatMap((part) => /^repository(?:\([a-z]+\))?:([^ ]+):[^:]*$/.exec(part)?.[1] ?? []);
}

/** The token in the answer of a token service; `undefined` if there is none that a header can carry. */
export function tokenOf(response: HttpResponse): string | undefined {
  const { token, access_token: accessToken } = (parseJson(response.body.toString()) ?? {}) as Record<string, unknown>;
  return [token, accessToken].find((t): t is string => typeof t === 'string' && /^[\x21-\x7e]+$/.test(t));
}
