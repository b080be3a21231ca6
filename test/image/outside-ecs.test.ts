import { Size } from 'aws-cdk-lib';
import * as batch from 'aws-cdk-lib/aws-batch';
import { PrivateRegistryImage } from '../../src';
import { expectError } from '../support/errors';
import { IMAGE, newStack } from '../support/synth';
import { CREDENTIALS } from '../support/tasks';

test('fails in a job of AWS Batch, where aws-cdk-lib drops the credentials', () => {
  const stack = newStack();
  expectError(() => new batch.EcsJobDefinition(stack, 'Job', {
    container: new batch.EcsFargateContainerDefinition(stack, 'Container', {
      image: new PrivateRegistryImage(IMAGE, { credentials: CREDENTIALS }), cpu: 1, memory: Size.gibibytes(2),
    }),
  }), 'notATaskDefinition', IMAGE, 'addPropertyOverride()');
});
