import { Registry } from './registry';

export const QUAY: Registry = {
  key: 'quay',
  label: 'Quay.io',
  hosts: ['quay.io'],
  probableHost: /(?:^|\.)quay\./,
  usernameHint: 'full name of a robot account, `<namespace>+<robot>`',
  passwordHint: 'token of the robot account',
  obtain: 'store a robot account (namespace+name) with its current token',
  permit: 'give the robot account read permission for the repository',
};
