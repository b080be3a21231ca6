import { Registry } from './registry';

export const AZURE: Registry = {
  key: 'azure',
  label: 'Azure Container Registry',
  hosts: [],
  hostPattern: /^[a-z0-9-]+\.azurecr\.(?:io|cn|us)$/,
  domains: ['azurecr.io', 'azurecr.cn', 'azurecr.us'],
  hostForm: '`<name>.azurecr.io`',
  usernameHint: 'name of a repository-scoped token, or application ID of a service principal',
  passwordHint: '`password1` or `password2` of the token, or secret of the service principal',
  obtain: 'store the name of a repository token and one of its passwords that has not expired',
  permit: 'give the token a scope map with content/read for the repository, or the service principal the role AcrPull',
  shortLived: [
    {
      matches: ({ username }) => username === '00000000-0000-0000-0000-000000000000',
      text: 'this refresh token expires within hours, store a repository token for ECS',
    },
  ],
};
