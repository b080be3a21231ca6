import { Guide } from './guide';
import { ALIBABA } from '../alibaba';

export const ALIBABA_GUIDE: Guide = {
  registry: ALIBABA,
  expiry: 'none for a permanent password',
  steps: [
    'Create a RAM user, and attach the policy AliyunContainerRegistryReadOnlyAccess, or one for single repositories.',
    'As this user, set a permanent password in the console: Access Credential of the instance.',
  ],
  doesNotWork: [
    'The password of the console, or of another user: each RAM user has its own password for the registry.',
    'Temporary passwords (username `cr_temp_user`): they expire after an hour.',
    'Instances of the Personal Edition since September 2024 (`crpi-....personal.cr.aliyuncs.com`): their public endpoint serves no pulls.',
  ],
  notes: [
    'For an instance of the Enterprise Edition, pass its host to `alibaba()`: `acme-registry.eu-central-1.cr.aliyuncs.com`. If the pull check reports another token service, as for `registry-intl.<region>.aliyuncs.com`, make sure that it belongs to Alibaba, and set `authHost` to it.',
  ],
  documentation: [
    'https://www.alibabacloud.com/help/en/acr/user-guide/configure-access-credentials',
    'https://www.alibabacloud.com/help/en/acr/user-guide/grant-ram-user-system-policy',
    'https://www.alibabacloud.com/blog/reverse-proxy-to-access-alibaba-cloud-container-registry_597957',
    'https://www.alibabacloud.com/help/en/ack/ack-edge/user-guide/configuration-of-domain-name-and-ip-routing-network-segment-for-under-cloud-node-access',
    'https://www.alibabacloud.com/help/en/acr/user-guide/individual-edition-instance-independent-domain-name-capacity-limit',
  ],
  example: { provider: "RegistryProvider.alibaba('eu-central-1')", username: 'ecs-puller', password: '<permanent password>' },
};
