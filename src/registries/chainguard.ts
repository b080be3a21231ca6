import { Registry } from './registry';

export const CHAINGUARD: Registry = {
  key: 'chainguard',
  label: 'Chainguard',
  hosts: ['cgr.dev'],
  usernameHint: 'identity of a pull token, `<id>/<id>`',
  passwordHint: 'pull token',
  obtain: 'create a new pull token (chainctl auth pull-token): they expire',
  permit: 'create the pull token in the organization that owns the image',
};
