import { Arn, ArnFormat } from 'aws-cdk-lib';
import { ImageReference } from '../../src';
import { IMAGE, SECRET_ARN } from '../support/synth';

/**
 * What whoever has an account brings along: an image in a private registry, and the secret to pull it with.
 * docs/evidence.md says how to make both.
 */
export interface Inputs {
  /** The image, for linux/amd64. It serves HTTP on port 80, and has `sleep`. */
  readonly image: string;
  /** The same repository with a tag that nobody has pushed. */
  readonly missingImage: string;
  readonly secretArn: string;
  readonly secretName: string;
}

/**
 * The inputs of a deployment, or those of the committed snapshots, which are the same for everybody.
 */
export function inputs(): Inputs {
  const image = isSnapshot() ? IMAGE : required('INTEG_IMAGE', 'an image in a private registry, for example ghcr.io/you/integ:1');
  const secretArn = isSnapshot() ? SECRET_ARN : required('INTEG_SECRET_ARN', 'the complete ARN of the secret with its credentials');
  const { region, resourceName = '' } = Arn.split(secretArn, ArnFormat.COLON_RESOURCE_NAME);
  // Secrets Manager ends the ARN with a hyphen and six characters.
  const [, secretName] = /^(.+)-[A-Za-z0-9]{6}$/.exec(resourceName) ?? [];
  if (secretName === undefined) {
    throw new Error(`the secret ARN ${secretArn} in INTEG_SECRET_ARN is not complete; copy it from aws secretsmanager describe-secret`);
  }
  if (!isSnapshot()) {
    checkRegion(region);
  }

  const { host, repository } = ImageReference.parse(image);
  return {
    image,
    missingImage: `${host}/${repository}:cdk-private-registry-no-such-tag`,
    secretArn,
    secretName,
  };
}

/** integ-runner sets the variable whenever it makes a snapshot or compares one, and never when it deploys. */
export function isSnapshot(): boolean {
  return process.env.CDK_INTEG_ACCOUNT !== undefined;
}

function required(name: string, what: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`the environment variable ${name} is not set, expected ${what}; see docs/evidence.md`);
  }
  return value;
}

/** A secret of another Region is not what the cases are about, and it would be found out only by the tasks. */
function checkRegion(expected?: string): void {
  const region = process.env.CDK_DEFAULT_REGION;
  if (region !== undefined && region !== expected) {
    throw new Error(`the test would be deployed to ${region}, but the secret INTEG_SECRET_ARN is in ${expected}; add --parallel-regions ${expected}`);
  }
}
