export { PrivateRegistryFargateServiceBaseProps } from './service/private-registry-fargate-service-base-props';
export { PrivateRegistryContainerOptions } from './service/private-registry-container-options';
