import { CASES, synthesize } from './cases';
import { IMAGE, SECRET_ARN } from '../support/synth';

const INPUTS = {
  INTEG_IMAGE: 'registry.example.com/team/app:7',
  INTEG_SECRET_ARN: 'arn:aws:secretsmanager:us-east-2:444455556666:secret:team/pull-Zz9Yy8',
};

test.each(CASES)('%s takes image and secret from the environment when it is deployed', (name) => {
  const templates = Object.values(synthesize(name, { ...INPUTS, CDK_DEFAULT_REGION: 'us-east-2' }));
  const containers = templates.flatMap(({ Resources }) => Object.values<any>(Resources))
    .filter(({ Type }) => Type === 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => Properties.ContainerDefinitions);
  const checks = templates.flatMap(({ Resources }) => Object.values<any>(Resources))
    .filter(({ Type }) => Type === 'Custom::PrivateRegistryPullCheck')
    .map(({ Properties }) => Properties);
  const text = JSON.stringify(templates);

  expect(containers.length).toBeGreaterThan(0);
  // A pinned image is an attribute of its check.
  for (const image of [...containers.map(({ Image }) => Image), ...checks.map(({ Image }) => Image)].filter((value) => typeof value === 'string')) {
    expect(image).toMatch(/^registry\.example\.com\/team\/app:(?:7|cdk-private-registry-no-such-tag)$/);
  }
  expect(text).toContain('team/pull');
  for (const neutral of [IMAGE, SECRET_ARN, 'ghcr.io', '111122223333']) {
    expect(text).not.toContain(neutral);
  }
});

test.each(Object.keys(INPUTS))('without %s nothing is deployed', (missing) => {
  const variables = { ...INPUTS, [missing]: '' };

  expect(() => synthesize(CASES[0], variables)).toThrow(`the environment variable ${missing} is not set`);
});

test('in another Region than that of the secret nothing is deployed', () => {
  expect(() => synthesize(CASES[0], { ...INPUTS, CDK_DEFAULT_REGION: 'eu-west-1' }))
    .toThrow('the test would be deployed to eu-west-1, but the secret INTEG_SECRET_ARN is in us-east-2; add --parallel-regions us-east-2');
});

test('with an incomplete ARN nothing is deployed', () => {
  expect(() => synthesize(CASES[0], { ...INPUTS, INTEG_SECRET_ARN: 'arn:aws:secretsmanager:us-east-2:444455556666:secret:team' }))
    .toThrow('is not complete');
});
