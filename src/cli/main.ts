import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './check';
import { images } from './images';
import { secretJson } from './secret-json';
import { InputTimeout, write } from './streams';
import { USAGE, UsageError } from './usage';

const NOT_CERTAIN = 2;
const WRONG_USAGE = 64;

/** Runs one command and returns the exit code. */
export async function run([command, ...args]: string[]): Promise<number> {
  try {
    switch (command) {
      case 'check': return await check(args);
      case 'images': return await images(args);
      case 'secret-json': return await secretJson(args);
      case '--help': case '-h': return await print(USAGE);
      case '--version': return await print(`${version()}\n`);
      // The text in its place is not repeated: it can be the password.
      default: throw new UsageError(`${command === undefined ? 'no command is given' : 'the first argument is not a command'}, expected check, images or secret-json`);
    }
  } catch (error) {
    return report(error);
  }
}

/** Says what ended the command, and returns the exit code. */
export async function report(error: unknown): Promise<number> {
  // Where even this cannot be written, the exit code says it.
  await write(process.stderr, `error: ${textOf(error)}\n`).catch(() => undefined);
  return error instanceof UsageError ? WRONG_USAGE : NOT_CERTAIN;
}

function textOf(error: unknown): string {
  if (error instanceof UsageError) {
    return `${error.message}\nrun "cdk-private-registry --help" for the usage`;
  }
  if (error instanceof InputTimeout) {
    return error.message;
  }
  const { syscall, code, name } = error as NodeJS.ErrnoException;
  // The text of an unknown error is not shown.
  return syscall === 'write' ? `the result cannot be written (${code})` : `the command failed because of a bug (${name}); please report it`;
}

async function print(text: string): Promise<number> {
  await write(process.stdout, text);
  return 0;
}

function version(): string {
  return JSON.parse(readFileSync(join(__dirname, '..', '..', 'package.json'), 'utf8')).version;
}
