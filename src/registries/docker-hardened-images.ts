import { DOCKER_HUB } from './docker-hub';
import { Registry } from './registry';

export const DOCKER_HARDENED_IMAGES: Registry = {
  key: 'docker-hardened-images',
  label: 'Docker Hardened Images',
  hosts: ['dhi.io'],
  usernameHint: DOCKER_HUB.usernameHint,
  passwordHint: 'organization access token, or personal access token `dckr_pat_...`',
  obtain: DOCKER_HUB.obtain,
  permit: 'check the spelling: mirrored images and those of the paid plans are in your organization on docker.io',
  mistakes: DOCKER_HUB.mistakes,
};
