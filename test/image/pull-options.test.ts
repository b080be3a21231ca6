import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { PullCheckFunction, PullCheckMode } from '../../src';
import { overriddenBy } from '../../src/image/pull-options';
import { newStack } from '../support/synth';

const stack = newStack();
const vpc = new ec2.Vpc(stack, 'Vpc');
const checkFunction = new PullCheckFunction(stack, 'Check');

test('an override of one option keeps the others', () => {
  expect(overriddenBy({ pinDigest: true, pullCheck: { vpc, restrictedNetwork: true } }, { pullCheck: { trigger: '1' } }))
    .toEqual({ pinDigest: true, pullCheck: { vpc, restrictedNetwork: true, trigger: '1' } });
});

test('what is there but undefined overrides nothing', () => {
  expect(overriddenBy({ pinDigest: true, pullCheck: { mode: PullCheckMode.WARN } }, { pinDigest: undefined, pullCheck: undefined }))
    .toEqual({ pinDigest: true, pullCheck: { mode: PullCheckMode.WARN } });
});

test('the place of the check and its function are replaced as one', () => {
  expect(overriddenBy({ pullCheck: { vpc, timeout: Duration.seconds(5) } }, { pullCheck: { checkFunction } }).pullCheck)
    .toEqual({ timeout: Duration.seconds(5), checkFunction });
  expect(overriddenBy({ pullCheck: { checkFunction } }, { pullCheck: { vpc } }).pullCheck).toEqual({ vpc });
});
