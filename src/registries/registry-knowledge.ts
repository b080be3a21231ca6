/**
 * What the library knows about a registry.
 *
 * Texts are Markdown: they are shown in messages, and docs/registries.md is made of them.
 */
export interface RegistryKnowledge {
  readonly label: string;
  /** The host in image references, then the other hosts that its credentials are for. Empty where every customer has a host of their own. */
  readonly hosts: string[];
  /** What such hosts of their own look like, as text. */
  readonly hostForm?: string;
  /** By what such hosts are recognized. Anchored: `x.azurecr.io.attacker.com` is not Azure. */
  readonly hostPattern?: RegExp;
  /** The host that issues tokens, where it is another one. */
  readonly authHost?: string;
  readonly username: string;
  readonly password: string;
  readonly expiry: string;
  /** Undefined where it is not known. */
  readonly ipv6?: boolean;
  /** Whether the pull-through cache of ECR takes the registry as an upstream: with credentials, without, or not at all. */
  readonly pullThroughCache?: 'private' | 'public';
  /** How to get a credential that can pull and nothing else. */
  readonly steps: string[];
  readonly doesNotWork: string[];
  readonly notes?: string[];
  readonly documentation: string[];
  readonly example: { readonly provider: string; readonly username: string; readonly password: string };
}

export const DOCKER_HUB: RegistryKnowledge = {
  label: 'Docker Hub',
  hosts: ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'],
  authHost: 'auth.docker.io',
  username: 'name of the organization (organization access token), or Docker ID (personal access token)',
  password: 'organization access token, or personal access token `dckr_pat_...` that may read',
  expiry: 'optional, chosen when the token is created',
  pullThroughCache: 'private',
  steps: [
    'With a Team or Business plan, create an organization access token. Choose the repositories and let it only pull (`scope-image-pull`).',
    'Otherwise create a personal access token that may only read (`repo:read`), with an account that belongs to no person.',
  ],
  doesNotWork: [
    'An e-mail address as `username`.',
    'A token that may read public repositories only (`repo:public_read`).',
    'Limiting a personal access token to one repository: it reads whatever its account can read.',
  ],
  notes: ['Without credentials, Docker Hub allows 100 pulls in 6 hours for an IPv4 address or an IPv6 /64: public images are worth credentials too.'],
  documentation: ['https://docs.docker.com/security/access-tokens/reference/'],
  example: { provider: 'RegistryProvider.DOCKER_HUB', username: 'acme', password: '<organization access token>' },
};

export const GHCR: RegistryKnowledge = {
  label: 'GitHub Container Registry',
  hosts: ['ghcr.io'],
  username: 'any text, by convention the name of the account',
  password: 'classic personal access token `ghp_...` with the scope `read:packages`',
  expiry: 'chosen when the token is created; an organization can set a maximum',
  ipv6: false,
  pullThroughCache: 'private',
  steps: [
    'Give a machine account, or a team it is in, the role Read on the package.',
    'With this account, create a personal access token (classic) with the scope `read:packages` and no other.',
    'If the organization uses SAML single sign-on, authorize the token for it ("Configure SSO").',
  ],
  doesNotWork: [
    'Fine-grained personal access tokens (`github_pat_...`): GHCR takes classic ones only.',
    'Tokens of a GitHub App (`ghs_...`): the login succeeds, the pull is denied.',
    'An expired token, even for public images: GHCR denies the pull that it would have allowed without credentials.',
  ],
  notes: ['`ghcr.io` has no IPv6 address. Tasks in IPv6-only subnets reach it through NAT64 and DNS64.'],
  documentation: ['https://docs.github.com/en/packages/working-with-a-github-packages-registry/working-with-the-container-registry'],
  example: { provider: 'RegistryProvider.GHCR', username: 'acme-bot', password: '<classic personal access token>' },
};

export const GITLAB: RegistryKnowledge = {
  label: 'GitLab.com',
  hosts: ['registry.gitlab.com'],
  authHost: 'gitlab.com',
  username: 'username of the deploy token, `gitlab+deploy-token-<n>` unless you chose one; any text with an access token',
  password: 'deploy token `gldt-...`, or personal, project or group access token `glpat-...`, with the scope `read_registry`',
  expiry: 'optional for deploy tokens, at midnight UTC; for access tokens what the instance allows, normally a year at most',
  pullThroughCache: 'private',
  steps: [
    'Create a deploy token with the scope `read_registry`, in the project, or in the group for all of its projects.',
    'If the token has to rotate itself, create an access token with the scopes `read_registry` and `self_rotate` instead.',
  ],
  doesNotWork: [
    'Rotating a deploy token: create a new one and delete the old one.',
    'An access token that has been rotated: it ends at once, and using it again revokes its successors too.',
  ],
  documentation: ['https://docs.gitlab.com/user/project/deploy_tokens/', 'https://docs.gitlab.com/api/personal_access_tokens/'],
  example: { provider: 'RegistryProvider.GITLAB', username: 'gitlab+deploy-token-123', password: '<deploy token>' },
};

export const SELF_MANAGED_GITLAB: RegistryKnowledge = {
  ...GITLAB,
  label: 'GitLab, self-managed',
  hosts: [],
  hostForm: 'your own, often `registry.<host of GitLab>` or `<host of GitLab>:5050`',
  authHost: undefined,
  pullThroughCache: undefined,
  notes: ['GitLab itself issues the tokens, usually on another host than the registry. Name that host as `authHost`.'],
  example: { ...GITLAB.example, provider: "RegistryProvider.selfManagedGitlab('registry.example.com', { authHost: 'gitlab.example.com' })" },
};

export const QUAY: RegistryKnowledge = {
  label: 'Quay.io',
  hosts: ['quay.io'],
  username: 'full name of a robot account, `<namespace>+<robot>`',
  password: 'token of the robot account',
  expiry: 'none',
  pullThroughCache: 'public',
  steps: [
    'Create a robot account in the organization.',
    'Give it the permission Read on the repositories you deploy, and on no others.',
  ],
  doesNotWork: [
    'A robot account without Read on the repository: the login succeeds, the pull is refused.',
    'The old token after a new one was generated: it ends at once.',
  ],
  notes: ['For a Red Hat Quay of your own, use `RegistryProvider.custom(host)`.'],
  documentation: ['https://docs.redhat.com/en/documentation/red_hat_quay/3.13/html/managing_access_and_permissions/allow-robot-access-user-repo'],
  example: { provider: 'RegistryProvider.QUAY', username: 'acme+puller', password: '<token of the robot account>' },
};

export const RED_HAT: RegistryKnowledge = {
  label: 'Red Hat',
  hosts: ['registry.redhat.io', 'registry.connect.redhat.com', 'registry.access.redhat.com'],
  username: 'name of a registry service account with its number, `1234567|<name>`',
  password: 'token of the service account',
  expiry: 'none',
  steps: [
    'Create a registry service account at <https://access.redhat.com/terms-based-registry>.',
    'Copy its username, including the number and the `|`, and its token.',
  ],
  doesNotWork: ['Rotating the token by an API: a new one is generated on the web site.'],
  notes: ['Images of `registry.access.redhat.com` are public and need no credentials.'],
  documentation: ['https://access.redhat.com/RegistryAuthentication'],
  example: { provider: 'RegistryProvider.RED_HAT', username: '1234567|acme-puller', password: '<token of the service account>' },
};

export const NVIDIA: RegistryKnowledge = {
  label: 'NVIDIA NGC',
  hosts: ['nvcr.io'],
  username: 'the text `$oauthtoken`',
  password: 'personal or service key `nvapi-...` of NGC',
  expiry: 'chosen when the key is created',
  steps: [
    'Create a personal key or a service key in NGC.',
    'Include the service NGC Catalog, for images of your organization also Private Registry.',
  ],
  doesNotWork: ['The name of an account as `username`.', 'A key of an account that is not entitled to the image.'],
  documentation: ['https://docs.nvidia.com/ngc/gpu-cloud/ngc-user-guide/index.html'],
  example: { provider: 'RegistryProvider.NVIDIA', username: '$oauthtoken', password: '<service key>' },
};

export const CHAINGUARD: RegistryKnowledge = {
  label: 'Chainguard',
  hosts: ['cgr.dev'],
  username: 'identity of a pull token, `<id>/<id>`',
  password: 'pull token',
  expiry: '30 days unless chosen otherwise; at most 7 days (plan Team), 30 days (Starter) or a year (others)',
  pullThroughCache: 'private',
  steps: ['Run `chainctl auth pull-token`, with `--ttl` for the life that you want, and store the username and the password that it prints.'],
  doesNotWork: ['Extending a pull token: create a new one before the old one ends.'],
  notes: ['Images under `cgr.dev/chainguard/` are public and need no credentials.'],
  documentation: ['https://www.chainguard.dev/docs/platform/chainctl/chainctl-docs/chainctl_auth_pull-token'],
  example: { provider: 'RegistryProvider.CHAINGUARD', username: '0123456789abcdef/0123456789abcdef', password: '<pull token>' },
};

export const AZURE: RegistryKnowledge = {
  label: 'Azure Container Registry',
  hosts: [],
  hostForm: '`<name>.azurecr.io`',
  hostPattern: /^[a-z0-9-]+\.azurecr\.io$/,
  username: 'name of a repository-scoped token, or application ID of a service principal',
  password: '`password1` or `password2` of the token, or secret of the service principal',
  expiry: 'optional for tokens; a year for service principals unless chosen otherwise',
  pullThroughCache: 'private',
  steps: [
    'Create a scope map with `repositories/<repository>/content/read`, and a token that uses it.',
    'Generate one of the two passwords of the token. Later generate the other one, switch to it, and let the first one go.',
    'Or give a service principal the role AcrPull. If the registry is in ABAC mode, the role is Container Registry Repository Reader.',
  ],
  doesNotWork: [
    'Refresh tokens (username `00000000-0000-0000-0000-000000000000`): they live for 3 hours.',
    'A password right after it was generated: it can take a minute to become valid.',
  ],
  notes: ['For `azurecr.cn` and `azurecr.us`, use `RegistryProvider.custom(host)`.'],
  documentation: ['https://learn.microsoft.com/azure/container-registry/container-registry-token-based-repository-permissions'],
  example: { provider: "RegistryProvider.azure('acme')", username: 'ecs-puller', password: '<password1>' },
};

export const GOOGLE: RegistryKnowledge = {
  label: 'Google Artifact Registry',
  hosts: [],
  hostForm: '`<location>-docker.pkg.dev`, `gcr.io`',
  hostPattern: /^(?:[a-z0-9-]+-docker\.pkg\.dev|(?:(?:us|eu|asia)\.)?gcr\.io)$/,
  username: '`_json_key_base64`, or `_json_key`',
  password: 'JSON key of a service account, in base64 on one line; with `_json_key` the JSON as it is',
  expiry: 'none, unless a policy of the organization sets one',
  steps: [
    'Create a service account and give it the role `roles/artifactregistry.reader` on the repository.',
    'Create a JSON key for it, and encode the key without line breaks: `base64 -w0 key.json`.',
  ],
  doesNotWork: [
    'Access tokens (username `oauth2accesstoken`): they live for an hour.',
    'Base64 with `_json_key`, or plain JSON with `_json_key_base64`.',
    'A key that lost its line breaks on the way into the secret, which base64 protects it from.',
  ],
  documentation: ['https://cloud.google.com/artifact-registry/docs/docker/authentication'],
  example: { provider: "RegistryProvider.googleArtifactRegistry('europe-west1')", username: '_json_key_base64', password: '<base64 of key.json>' },
};

export const JFROG: RegistryKnowledge = {
  label: 'JFrog Artifactory',
  hosts: [],
  hostForm: '`<name>.jfrog.io`, or your own',
  hostPattern: /^[a-z0-9-]+\.jfrog\.io$/,
  username: 'user of the token',
  password: 'access, identity or reference token',
  expiry: 'about a year unless chosen otherwise',
  steps: [
    'Create a group that may only read the repository.',
    'Create an access token for this group (scope `applied-permissions/groups:<group>`), with an expiry that you can plan for.',
  ],
  doesNotWork: [
    'API keys: they are at their end of life.',
    'Telling a wrong token from a right one where anonymous access is on: Artifactory doesn\'t look at it.',
  ],
  notes: ['The name of an image depends on how Artifactory is set up: `<host>/<repository>/<image>`, or a host or a port for each repository.'],
  documentation: ['https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens'],
  example: { provider: "RegistryProvider.jfrog('acme.jfrog.io')", username: 'ecs-puller', password: '<access token>' },
};

export const HARBOR: RegistryKnowledge = {
  label: 'Harbor',
  hosts: [],
  hostForm: 'your own',
  username: 'full name of a robot account, `robot$<project>+<name>`, or `robot$<name>` for a system robot',
  password: 'secret of the robot account',
  expiry: '30 days unless chosen otherwise',
  steps: [
    'Create a robot account in the project, with the permission to pull and no other, and with an expiry that you can plan for.',
    'In a shell, put its name in single quotes because of the `$`.',
  ],
  doesNotWork: [
    'The password of a user who logs in with OIDC: it takes the CLI secret of the user.',
    'The old secret after a refresh: it ends at once.',
    'Telling a wrong secret from a right one with a public image: Harbor gives it an anonymous token.',
  ],
  documentation: ['https://goharbor.io/docs/2.9.0/working-with-projects/project-configuration/create-robot-accounts'],
  example: { provider: "RegistryProvider.harbor('harbor.example.com')", username: 'robot$acme+puller', password: '<secret of the robot account>' },
};

export const NEXUS: RegistryKnowledge = {
  label: 'Sonatype Nexus',
  hosts: [],
  hostForm: 'your own, often with a port for each repository',
  username: 'user, or name code of a user token (Pro)',
  password: 'password of the user, or pass code of the user token',
  expiry: 'depends on the server',
  steps: [
    'Create a user that may only read the Docker repository.',
    'With Nexus Pro, create a user token for it and use that instead of its password.',
  ],
  doesNotWork: [
    'Telling wrong credentials from right ones where anonymous pull is on: Nexus accepts any.',
    'Special characters in the password, with old versions of Nexus.',
  ],
  documentation: ['https://help.sonatype.com/en/docker-authentication.html'],
  example: { provider: "RegistryProvider.nexus('nexus.example.com:8443')", username: 'ecs-puller', password: '<password or pass code>' },
};

export const CUSTOM: RegistryKnowledge = {
  label: 'Any other registry',
  hosts: [],
  hostForm: 'your own',
  username: 'what the registry expects',
  password: 'what the registry expects',
  expiry: 'depends on the registry',
  steps: [
    'Create an account or a token that can pull and nothing else.',
    'If another host issues the tokens, name it as `authHost`. The pull check sends credentials to no host that you didn\'t name.',
  ],
  doesNotWork: [
    'Registries that ask for Negotiate, NTLM or Digest authentication.',
    'A certificate of a private CA, on Fargate: it can\'t be given the CA.',
    'Amazon ECR: its passwords live for 12 hours. Use `ecs.ContainerImage.fromEcrRepository()`, which needs none.',
  ],
  documentation: ['https://docs.aws.amazon.com/AmazonECS/latest/developerguide/private-auth.html'],
  example: { provider: "RegistryProvider.custom('registry.example.com:5000')", username: 'ecs-puller', password: '<password>' },
};

/** In the order of docs/registries.md. */
export const REGISTRIES: RegistryKnowledge[] = [
  DOCKER_HUB, GHCR, GITLAB, SELF_MANAGED_GITLAB, QUAY, RED_HAT, NVIDIA, CHAINGUARD, AZURE, GOOGLE, JFROG, HARBOR, NEXUS, CUSTOM,
];
