import { Annotations } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { ERROR_IDS, ErrorId, invalid, warn, WARNING_IDS } from '../../src/private/errors';
import { ImageReference } from '../../src/reference/image-reference';
import { acknowledge, expectError, expectWarning } from '../support/errors';
import { sourcesIn, textsIn } from '../support/sources';
import { newStack, warningsOf } from '../support/synth';

const SOURCES = sourcesIn('src', '.ts');
const TESTS = sourcesIn('test', '.test.ts').filter(({ fileName }) => fileName !== 'private/errors.test.ts');

/** Of these ids, those that some file passes to a function. */
function passedTo(callee: string, files: typeof SOURCES, ids: readonly string[]): string[] {
  const texts = new Set(files.flatMap((file) => textsIn(file, callee)));
  return ids.filter((id) => texts.has(id));
}

describe('every id', () => {
  test('is there once, in alphabetical order', () => {
    for (const ids of [ERROR_IDS, WARNING_IDS]) {
      expect([...ids]).toEqual([...new Set(ids)].sort());
    }
    expect(WARNING_IDS.filter((id) => (ERROR_IDS as readonly string[]).includes(id))).toEqual([]);
  });

  test.each([...ERROR_IDS, ...WARNING_IDS])('%s is camel case, since users write it in code', (id) => {
    expect(id).toMatch(/^[a-z]+(?:[A-Z][a-z]*)*$/);
  });

  test('of an error is thrown by some source', () => {
    expect(passedTo('invalid', SOURCES, ERROR_IDS)).toEqual([...ERROR_IDS]);
    // The image reference imports nothing, and writes its id itself.
    expectError(() => ImageReference.parse(''), 'invalidImageReference');
  });

  test('of a warning is given by some source', () => {
    const given = ['warn', 'warnOnce'].flatMap((callee) => passedTo(callee, SOURCES, WARNING_IDS));
    expect([...new Set(given)].sort()).toEqual([...WARNING_IDS]);
  });

  test('of an error is asserted by a test', () => {
    const texts = TESTS.flatMap((file) => textsIn(file));
    expect(ERROR_IDS.filter((id) => !texts.some((text) => text === id || text.endsWith(`:${id}`) || text.includes(`:${id}]`)))).toEqual([]);
  });

  test('of a warning is asserted by a test, which acknowledges it', () => {
    expect(passedTo('expectWarning', TESTS, WARNING_IDS)).toEqual([...WARNING_IDS]);
  });
});

describe('an error', () => {
  test('says where and which, since only its text crosses the boundary of languages', () => {
    const scope = new Construct(newStack(), 'Api');
    const error = invalid('ecrImage', 'the image is wrong; use another', scope);

    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('PrivateRegistryError');
    expect(error.message).toBe('the image is wrong; use another (at Stack/Api) [cdk-private-registry:ecrImage]');
    expect(invalid('ecrImage', 'the image is wrong').message).toBe('the image is wrong [cdk-private-registry:ecrImage]');
  });

  test.each<[string, string]>([
    ['upper case', 'The image is wrong'],
    ['full stop', 'the image is wrong.'],
    ['undefined value', 'the image undefined is wrong'],
  ])('in another style does not pass our assertion: %s', (_, message) => {
    expect(() => expectError(() => {
      throw invalid('ecrImage', message, newStack());
    }, 'ecrImage')).toThrow();
  });

  test('with another id does not pass our assertion', () => {
    expect(() => expectError(() => {
      throw invalid('ecrImage', 'the image is wrong');
    }, 'unknownRegistry' as ErrorId)).toThrow();
    expect(() => expectError(() => undefined, 'ecrImage')).toThrow('nothing was thrown');
  });
});

describe('a warning', () => {
  test('can be acknowledged by its id, before and after it is given', () => {
    const [before, after] = [newStack(), newStack()];
    // Before, aws-cdk-lib takes it from a parent only.
    acknowledge(before, 'isolatedSubnets');
    for (const stack of [before, after]) {
      warn(new Construct(stack, 'Api'), 'isolatedSubnets', 'the tasks run in isolated subnets');
    }
    expect(warningsOf(before)).toEqual([]);
    expect(warningsOf(after)).toEqual(['the tasks run in isolated subnets [ack: cdk-private-registry:isolatedSubnets]']);

    Annotations.of(after).acknowledgeWarning('cdk-private-registry:isolatedSubnets');
    expect(warningsOf(after)).toEqual([]);
  });

  test('that is not given, or that is in another style, does not pass our assertion', () => {
    const stack = newStack();
    expect(() => expectWarning(stack, 'isolatedSubnets')).toThrow();
    warn(stack, 'isolatedSubnets', 'The tasks run in isolated subnets.');
    expect(() => expectWarning(stack, 'isolatedSubnets')).toThrow();
  });
});
