export type { OwnerPolicies } from './access/owner-policies';
export type {
  CreatedSecretOptions, SecretByArnOptions, SecretByNameOptions, SecretValueOptions,
} from './credentials/credentials-options';
export { PrivateRegistryBuildImage } from './codebuild/private-registry-build-image';
export { RegistryCredentials } from './credentials/registry-credentials';
export { PrivateRegistries } from './everywhere/private-registries';
export { ImageReference } from './reference/image-reference';
export { PrivateRegistryImage } from './image/private-registry-image';
export type { PrivateRegistryImageOptions } from './image/private-registry-image';
export type { PullOptions } from './image/pull-options';
export { PullCheckFunction } from './pull-check/pull-check-function';
export type { IPullCheckFunction } from './pull-check/pull-check-function';
export type { PullCheckFunctionAttributes, PullCheckFunctionProps, PullCheckPlacement } from './pull-check/pull-check-function-props';
export { PullCheckMode } from './pull-check/pull-check-options';
export type { PullCheckOptions } from './pull-check/pull-check-options';
export { PrivateRegistry } from './registry/private-registry';
export type { IPrivateRegistry, PrivateRegistryProps } from './registry/private-registry';
export { RegistryProvider } from './provider/registry-provider';
export type { CustomRegistryOptions } from './provider/registry-provider';
export type { PrivateRegistryContainerOptions } from './service/private-registry-container-options';
export { PrivateRegistryFargateService } from './service/private-registry-fargate-service';
export type { PrivateRegistryFargateServiceBaseProps } from './service/private-registry-fargate-service-base-props';
export type { PrivateRegistryFargateServiceProps } from './service/private-registry-fargate-service-props';
export { PullFailure } from './watch/pull-failure';
export { PullWatchdog } from './watch/pull-watchdog';
export type { PullWatchdogProps } from './watch/pull-watchdog';
