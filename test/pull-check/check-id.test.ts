import { CfnParameter } from 'aws-cdk-lib';
import { checkId } from '../../src/pull-check/check-id';
import { newStack } from '../support/synth';

const DIGEST = 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef';
const tag = new CfnParameter(newStack(), 'Tag').valueAsString;

test.each([
  ['a tag', 'ghcr.io/acme/api:1.4.2', 'ghcr.io-acme-api-1.4.2'],
  ['a port', 'registry.example.com:5000/acme/api:1.4.2', 'registry.example.com-5000-acme-api-1.4.2'],
  ['Docker Hub', 'nginx', 'docker.io-library-nginx'],
  ['a digest', `ghcr.io/acme/api@${DIGEST}`, 'ghcr.io-acme-api-0123456789ab'],
  ['a tag and a digest', `ghcr.io/acme/api:1.4.2@${DIGEST}`, 'ghcr.io-acme-api-0123456789ab'],
  ['a token as the tag', `ghcr.io/acme/api:${tag}`, 'ghcr.io-acme-api'],
  ['a token in the repository', `ghcr.io/acme/${tag}`, 'ghcr.io-acme'],
  ['nothing but a token', tag, undefined],
])('%s', (_, reference, image) => {
  const parts = ['PrivateRegistryPullCheck', image].filter((part) => part !== undefined).join('-');
  expect(checkId(reference, ['identity'])).toMatch(new RegExp(`^${parts.replace(/\./g, '\\.')}-[0-9a-f]{16}$`));
});

test('has at most 120 characters, of which the last are those of the tag and the hash', () => {
  const id = checkId(`registry.example.com/${'team/'.repeat(40)}api:${'1.2.3-'.repeat(20)}end`, []);
  expect(id).toMatch(/^PrivateRegistryPullCheck-registry\.example\.com-team-.*-1\.2\.3-1\.2\.3-.*-[0-9a-f]{16}$/);
  expect(id.length).toBeLessThanOrEqual(120);
});

test('another identity is another id', () => {
  expect(checkId('nginx:1', ['one'])).not.toBe(checkId('nginx:1', ['other']));
});
