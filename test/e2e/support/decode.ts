import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SOURCE = join(__dirname, '../agent/main.go');

/** What the ECS agent looks at of an answer of Secrets Manager. */
export interface SecretAnswer {
  readonly SecretString?: string;
}

/** User name and password, or what the agent says of the secret. */
export interface Decoded {
  readonly username?: string;
  readonly password?: string;
  readonly problem?: string;
}

/** The agent's way to read a secret, compiled from test/e2e/agent. */
export interface Decoder {
  decode(answers: readonly SecretAnswer[]): Decoded[];
  remove(): void;
}

export function buildDecoder(): Decoder {
  const directory = mkdtempSync(join(tmpdir(), 'e2e-agent-'));
  const program = join(directory, 'decode');
  execFileSync('go', ['build', '-o', program, SOURCE], { env: { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-buildvcs=false' } });
  return {
    decode: (answers) => JSON.parse(execFileSync(program, {
      input: JSON.stringify(answers.map(({ SecretString }) => ({ SecretString }))),
      encoding: 'utf8',
      maxBuffer: Infinity,
    })),
    remove: () => rmSync(directory, { recursive: true }),
  };
}
