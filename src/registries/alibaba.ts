import { Registry } from './registry';

// Customers choose names in this domain: a bucket can be at `registry.oss-cn-hangzhou.aliyuncs.com`. A region never begins with "oss".
const REGION = '(cn-[a-z]+|(?:ap|eu|me|na|us)-[a-z]+-\\d+)';
const REGISTRY_HOST = new RegExp(`^(?:registry\\.${REGION}|[a-z0-9-]+-registry\\.${REGION}\\.cr)\\.aliyuncs\\.com$`);
const HOST = new RegExp(`${REGISTRY_HOST.source}|^registry-intl\\.${REGION}\\.aliyuncs\\.com$`);

export const ALIBABA: Registry = {
  key: 'alibaba',
  label: 'Alibaba Cloud',
  hosts: [],
  hostPattern: HOST,
  domains: ['aliyuncs.com'],
  hostForm: '`<instance>-registry.<region>.cr.aliyuncs.com`, `registry.<region>.aliyuncs.com`',
  authHostsOf: tokenServices,
  authHostForm: '`dockerauth.<region>.aliyuncs.com` or `dockerauth-ee.<region>.aliyuncs.com`',
  usernameHint: 'name of the RAM user or account that the password was set for',
  passwordHint: 'password for Container Registry, not the one of the console',
  obtain: 'set a permanent password for Container Registry in the console, and store it with the name of the user that set it',
  permit: 'attach the policy AliyunContainerRegistryReadOnlyAccess, or one that allows pulls from the repository, to the RAM user',
  shortLived: [
    {
      matches: ({ username }) => username === 'cr_temp_user',
      text: 'this temporary password expires within an hour, set a permanent password for ECS',
    },
  ],
};

/** Alibaba documents these for its own clusters, but none for `registry-intl`. */
function tokenServices(host: string): readonly string[] {
  const [, ...regions] = REGISTRY_HOST.exec(host) ?? [];
  const region = regions.find((found) => found !== undefined);
  if (region === undefined) {
    return [];
  }
  // Alibaba documents the exception, too.
  const separator = region === 'cn-zhangjiakou' ? '-' : '.';
  return [`dockerauth${separator}${region}.aliyuncs.com`, `dockerauth-ee.${region}.aliyuncs.com`];
}
