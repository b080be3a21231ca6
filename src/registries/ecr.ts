import { Registry } from './registry';

const USE_EXECUTION_ROLE = 'use ecs.ContainerImage.fromEcrRepository, which needs no credentials';

export const ECR: Registry = {
  key: 'ecr',
  label: 'Amazon ECR',
  hosts: [],
  hostPattern: /^\d{12}\.dkr[.-]ecr(?:-fips)?\.[a-z0-9-]+\.(?:amazonaws\.(?:com(?:\.cn)?|eu)|on\.aws|on\.amazonwebservices\.com\.cn|c2s\.ic\.gov|sc2s\.sgov\.gov)$/,
  domains: ['amazonaws.com'],
  hostForm: '`<account>.dkr.ecr.<region>.amazonaws.com`',
  usernameHint: 'none: ECS pulls with the execution role',
  passwordHint: 'none: ECS pulls with the execution role',
  obtain: `${USE_EXECUTION_ROLE}: passwords for ECR expire after 12 hours`,
  permit: USE_EXECUTION_ROLE,
};
