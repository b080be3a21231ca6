import { Guide } from './guide';
import { GOOGLE } from '../google';

export const GOOGLE_GUIDE: Guide = {
  registry: GOOGLE,
  expiry: 'none, unless a policy of the organization sets one',
  steps: [
    'Create a service account and give it the role `roles/artifactregistry.reader` on the repository.',
    'Create a JSON key for it, and encode the key without line breaks: `base64 -w0 key.json`.',
  ],
  doesNotWork: [
    'Access tokens (username `oauth2accesstoken`): they expire after an hour.',
    'Base64 with `_json_key`, or plain JSON with `_json_key_base64`.',
    'A key that lost its line breaks on the way into the secret. Base64 protects it from that.',
    '`_json_key_base64` on `gcr.io`, as [users report](https://github.com/docker/login-action/issues/787): use `_json_key` with the JSON key there.',
  ],
  documentation: ['https://cloud.google.com/artifact-registry/docs/docker/authentication'],
  example: { provider: "RegistryProvider.googleArtifactRegistry('europe-west1')", username: '_json_key_base64', password: '<base64 of key.json>' },
};
