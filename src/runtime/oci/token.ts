import { HttpResponse } from '../http/transport';

const CLIENT_ID = 'cdk-private-registry';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** RFC 7617; UTF-8, as every registry's client does it. */
export function basicAuthorization({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The URL of a token request; without a scope it is what `docker login` asks. */
export function tokenUrl(realm: URL, service: string | undefined, scope?: string): URL {
  // A realm may have a query of its own, which is kept.
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
 * The scope to ask for, given the one that the registry offers. Artifactory's lacks the repository key in front of the
 * path, nvcr.io's wants `pull,push` or nothing, Forgejo's is `*`: a name that ends this repository is taken over, and
 * `pull` is all that is ever asked.
 */
export function pullScope(repository: string, offered: string = ''): string {
  const names = repositoryNames(offered);
  const name = names.find((n) => n === repository) ?? names.find((n) => repository.endsWith(`/${n}`)) ?? repository;
  return `repository:${name}:pull`;
}

/**
 * The scope that a registry names with `insufficient_scope`, whatever repository it speaks of: it knows under which
 * name it keeps the image.
 */
export function demandedScope(offered: string = ''): string | undefined {
  const names = repositoryNames(offered);
  return names.length === 1 ? `repository:${names[0]}:pull` : undefined;
}

function repositoryNames(scope: string): string[] {
  return scope.split(' ').flatMap((part) => /^repository(?:\([a-z]+\))?:([^ ]+):[^:]*$/.exec(part)?.[1] ?? []);
}

/** The token of a token service's answer; `undefined` if there is none that could be sent. */
export function tokenOf(response: HttpResponse): string | undefined {
  try {
    const { token, access_token: accessToken } = JSON.parse(response.body.toString()) as Record<string, unknown>;
    return [token, accessToken].find((t): t is string => typeof t === 'string' && /^[\x21-\x7e]+$/.test(t));
  } catch {
    return undefined;
  }
}
