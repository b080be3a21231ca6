import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');

/** What scripts/e2e/install.sh has made. */
export const PYTHON = join(ROOT, '.e2e/venv/bin/python');
/** Where its package `aws` is. */
export const SERVER = join(ROOT, 'test/e2e');

/** What install.ts has made for all test files, and hands to them in its environment. */
export const CONSUMER_VARIABLE = 'E2E_CONSUMER';

export function consumerDirectory(): string {
  const directory = process.env[CONSUMER_VARIABLE];
  if (directory === undefined) {
    throw new Error(`${CONSUMER_VARIABLE} is not set; run the tests with --config scripts/e2e/jest.config.js`);
  }
  return directory;
}

export const EXAMPLES = join(ROOT, 'examples/typescript');
/** Where npm has put the clients that come with the Lambda runtime, and much more. */
export const AWS_CLIENTS = join(ROOT, 'node_modules/@aws-sdk');
export const LAMBDA_PROCESS = join(ROOT, 'test/support/lambda-process.ts');
