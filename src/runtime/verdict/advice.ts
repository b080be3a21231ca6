import { Credentials } from '../http/credentials';

/** What to do about credentials, by registry: the knowledge that its documentation has on page seven. */
interface Advice {
  readonly host: RegExp;
  /** How to get credentials that work. */
  readonly obtain: string;
  /** What lets accepted credentials pull this image. */
  readonly permit: string;
}

const ADVICE: readonly Advice[] = [
  {
    host: /^docker\.io$/,
    obtain: 'store a Docker ID (not the e-mail address) with a personal access token, or the organization\'s name with an organization access token',
    permit: 'give the account or the token read access to the repository',
  },
  {
    host: /^ghcr\.io$/,
    obtain: 'create a classic personal access token with read:packages (ghcr.io takes no other kind) and store that',
    permit: 'give the token read:packages and single sign-on for the organization, and its owner read access to the package',
  },
  {
    host: /(^|\.)gitlab\./,
    obtain: 'store a deploy token or an access token with the scope read_registry that has not expired',
    permit: 'use a deploy token or an access token of this project or its group with the scope read_registry',
  },
  {
    host: /(^|\.)quay\./,
    obtain: 'store a robot account (namespace+name) with its current token',
    permit: 'give the robot account read permission for the repository',
  },
  {
    host: /\.azurecr\.(io|cn|us)$/,
    obtain: 'store the name of a repository token and one of its passwords that has not expired',
    permit: 'give the token a scope map with content/read for the repository, or the service principal the role AcrPull',
  },
  {
    host: /(-docker\.pkg\.dev|(^|\.)gcr\.io)$/,
    obtain: 'store the user name _json_key_base64 with the base64 of a service account key that still exists',
    permit: 'grant the service account roles/artifactregistry.reader on the repository',
  },
  {
    host: /\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)$/,
    obtain: 'use ecs.ContainerImage.fromEcrRepository, which needs no credentials: passwords for ECR expire after 12 hours',
    permit: 'use ecs.ContainerImage.fromEcrRepository, which needs no credentials',
  },
  {
    host: /^public\.ecr\.aws$/,
    obtain: 'remove the credentials: public.ecr.aws needs none',
    permit: 'remove the credentials: public.ecr.aws needs none',
  },
  {
    host: /^nvcr\.io$/,
    obtain: 'store the user name $oauthtoken, literally, with an NGC key that has not expired',
    permit: 'give the NGC key the service NGC Catalog or Private Registry',
  },
  {
    host: /^cgr\.dev$/,
    obtain: 'make a new pull token (chainctl auth pull-token): they expire',
    permit: 'make the pull token in the organization that owns the image',
  },
  {
    host: /^registry\.(connect\.)?redhat\.(io|com)$/,
    obtain: 'store a registry service account (number|name) with its current token',
    permit: 'check that the account\'s subscription covers the image',
  },
];

const ANYWHERE: Omit<Advice, 'host'> = {
  obtain: 'store a user name and a password or token that work with docker login',
  permit: 'check the spelling, and give the account permission to pull from the repository',
};

/** The next step after the registry refused the login. */
export function obtainStep(host: string, credentials: Credentials): string {
  return mistakeOf(host, credentials) ?? adviceFor(host).obtain;
}

/** The next step after the registry accepted the login, but not for this image. */
export function permitStep(host: string, credentials: Credentials): string {
  return tokenKindMistake(host, credentials) ?? adviceFor(host).permit;
}

function adviceFor(host: string): Omit<Advice, 'host'> {
  return ADVICE.find((a) => a.host.test(host)) ?? ANYWHERE;
}

/** A mistake that can be seen in the credentials, told only after the registry has refused them: rules of registries change. */
function mistakeOf(host: string, credentials: Credentials): string | undefined {
  const { username, password } = credentials;
  if (/^\s|\s$/.test(username) || /^\s|\s$/.test(password)) {
    return 'remove the blank at the beginning or end of the user name or password';
  }
  if (host === 'docker.io' && username.includes('@')) {
    return 'store the Docker ID instead of the e-mail address';
  }
  if (host === 'nvcr.io' && username !== '$oauthtoken') {
    return 'store the user name $oauthtoken, literally (a shell eats an unquoted $)';
  }
  if (/^robot\+/.test(username) || username === 'robot') {
    return 'store the robot account\'s full name, robot$project+name (a shell eats an unquoted $)';
  }
  return tokenKindMistake(host, credentials);
}

function tokenKindMistake(host: string, { password }: Credentials): string | undefined {
  if (host === 'ghcr.io' && password.startsWith('github_pat_')) {
    return 'ghcr.io takes no fine-grained token: create a classic personal access token with read:packages and store that';
  }
  if (host === 'ghcr.io' && password.startsWith('ghs_')) {
    return 'ghcr.io takes an installation token only inside its own GitHub Actions run: create a classic personal access token with read:packages and store that';
  }
  return undefined;
}

/** A warning about credentials that work now, but won't for long. */
export function lifetimeWarning(host: string, { username, password }: Credentials): string | undefined {
  if (host === 'ghcr.io' && password.startsWith('ghs_')) {
    return 'this token of a GitHub Actions run expires with it, store a classic personal access token for ECS';
  }
  if (username === 'oauth2accesstoken') {
    return 'this access token expires within an hour, store a service account key for ECS';
  }
  if (username === '00000000-0000-0000-0000-000000000000' && /\.azurecr\./.test(host)) {
    return 'this refresh token expires within hours, store a repository token for ECS';
  }
  return undefined;
}
