import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
import { Cloud, ENDPOINT, PYTHON, REGION } from './cloud';

/** Runs a command as whoever deploys, with the aws command in the path, and returns what it wrote. */
export function runAws(cloud: Cloud, command: string, directory: string = process.env.TMPDIR!): string {
  const { administrator } = cloud;
  const { status, stdout, stderr } = spawnSync('bash', ['-ec', command], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: `${dirname(PYTHON)}:${process.env.PATH}`,
      HOME: directory,
      AWS_DEFAULT_REGION: REGION,
      AWS_ENDPOINT_URL: ENDPOINT,
      AWS_ACCESS_KEY_ID: administrator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: administrator.secretAccessKey,
    },
  });
  // Without the command, which may have a password.
  if (status !== 0) {
    throw new Error(`the command failed: ${stderr}`);
  }
  return stdout;
}
