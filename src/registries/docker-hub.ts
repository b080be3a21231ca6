import { Registry } from './registry';

export const DOCKER_HUB: Registry = {
  key: 'docker-hub',
  label: 'Docker Hub',
  hosts: ['docker.io', 'index.docker.io', 'registry-1.docker.io', 'registry.hub.docker.com'],
  apiHost: 'registry-1.docker.io',
  authHost: 'auth.docker.io',
  usernameHint: 'name of the organization (organization access token), or Docker ID (personal access token)',
  passwordHint: 'organization access token, or personal access token `dckr_pat_...` that may read',
  obtain: 'store a Docker ID (not the e-mail address) with a personal access token, or the organization\'s name with an organization access token',
  permit: 'give the account or the token read access to the repository',
  mistakes: [
    { matches: ({ username }) => username.includes('@'), text: 'store the Docker ID instead of the e-mail address' },
  ],
};
