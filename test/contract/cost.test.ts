import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Lazy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { buildSync } from 'esbuild';
import { synthesize, Variant } from '../../bench/services';
import { REPOSITORY, run } from '../../scripts/run';
import * as library from '../../src';
import { PrivateRegistryImage, RegistryCredentials } from '../../src';
import { CHECKED, newStack, templateOf } from '../support/synth';
import { defineTask, ownSecret } from '../support/tasks';

/** Of CloudFormation, for one stack. */
const MOST_RESOURCES = 500;

const directory = mkdtempSync(join(tmpdir(), 'cost-'));
afterAll(() => rmSync(directory, { recursive: true }));

function sizeOf(variant: Variant, services: number): { resources: number; bytes: number } {
  const { resources, text } = synthesize(variant, services, join(directory, `${variant}-${services}`), library);
  return { resources, bytes: Buffer.byteLength(text) };
}

/** What each further service adds, and how many resources there are beside those of the services. */
function costOf(variant: Variant): { resources: number; bytes: number; fixed: number } {
  const [few, more] = [sizeOf(variant, 3), sizeOf(variant, 4)];
  const resources = more.resources - few.resources;
  return { resources, bytes: more.bytes - few.bytes, fixed: few.resources - 3 * resources };
}

describe('a service', () => {
  const byHand = costOf('raw');

  test('without a check has the resources that it has by hand, and no more bytes than a few', () => {
    const { resources, bytes, fixed } = costOf('unchecked');
    expect({ resources, fixed }).toEqual({ resources: byHand.resources, fixed: byHand.fixed });
    expect(bytes - byHand.bytes).toBeLessThanOrEqual(10);
  });

  test('with a check has one resource more, and an eighth more bytes at most', () => {
    const { resources, bytes, fixed } = costOf('checked');
    expect(resources).toBe(byHand.resources + 1);
    // The function with its role, policies and log group.
    expect(fixed).toBe(byHand.fixed + 6);
    expect(bytes / byHand.bytes).toBeLessThanOrEqual(1.12);
  });

  test('fits into a stack as often as by hand', () => {
    const most = Math.floor((MOST_RESOURCES - byHand.fixed) / byHand.resources);
    expect(most).toBeGreaterThan(30);
    expect(sizeOf('unchecked', most).resources).toBeLessThanOrEqual(MOST_RESOURCES);
  });
});

/** How often the name and a statement of a policy of somebody else are read while an app with so many checks is synthesized. */
function readsWith(checks: number): { name: number; statement: number } {
  const reads = { name: 0, statement: 0 };
  const counted = (what: keyof typeof reads) => Lazy.uncachedString({
    produce: () => {
      reads[what]++;
      return what;
    },
  });
  const stack = newStack(CHECKED);
  new iam.Policy(stack, 'Policy', {
    policyName: counted('name'),
    roles: [new iam.Role(stack, 'Role', { assumedBy: new iam.AnyPrincipal() })],
    statements: [new iam.PolicyStatement({ actions: ['s3:GetObject'], resources: [counted('statement')] })],
  });
  const credentials = RegistryCredentials.fromSecret(ownSecret(stack));
  for (let index = 0; index < checks; index++) {
    const image = new PrivateRegistryImage(`ghcr.io/acme/api${index}:1`, { credentials });
    defineTask(stack, image, {}, `Own${index}`);
    defineTask(stack, image, { executionRole: iam.Role.fromRoleName(stack, `Role${index}`, `exec${index}`) }, `Imported${index}`);
  }
  templateOf(stack);
  return reads;
}

test('the policies of an app are read as often with many checks as with few', () => {
  expect(readsWith(12)).toEqual(readsWith(3));
});

test('the package loads few files of aws-cdk-lib before something of it is used', () => {
  // Inside the repository, so that it finds the peers.
  const outfile = join(REPOSITORY, 'node_modules', '.cache', 'cost', 'library.js');
  buildSync({ entryPoints: [join(REPOSITORY, 'src', 'index.ts')], outfile, bundle: true, platform: 'node', external: ['aws-cdk-lib', 'constructs'] });
  const script = `require(${JSON.stringify(outfile)}); console.log(Object.keys(require.cache).join('\\n'))`;
  const loaded = run(process.execPath, ['-e', script], { env: { NODE_OPTIONS: '' } }).split('\n').filter((file) => /[\\/](?:aws-cdk-lib|constructs)[\\/]/.test(file));
  expect(loaded).toContain(require.resolve('aws-cdk-lib/aws-ecs'));
  expect(loaded.length).toBeLessThanOrEqual(60);
});
