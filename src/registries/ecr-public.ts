import { Registry } from './registry';

const REMOVE_CREDENTIALS = 'remove the credentials: public.ecr.aws needs none';

export const ECR_PUBLIC: Registry = {
  key: 'ecr-public',
  label: 'Amazon ECR Public',
  hosts: ['public.ecr.aws'],
  usernameHint: 'none: every image is public',
  passwordHint: 'none: every image is public',
  obtain: REMOVE_CREDENTIALS,
  permit: REMOVE_CREDENTIALS,
};
