import { dirname, join } from 'node:path';
import { ACCOUNT, Cloud, ENDPOINT, REGION, ROOT } from './cloud';
import { CLOUDFORMATION } from './internet';

export interface MiniStackOptions {
  /** Whether IAM decides about requests. */
  readonly iam: boolean;
  readonly certificateAuthority: string;
  /** Socket of the engine that runs the tasks. */
  readonly engine: string;
}

/** MiniStack with what test/e2e/ministack-shim.py adds. */
export class MiniStack extends Cloud {
  public static async start(directory: string, { iam, certificateAuthority, engine }: MiniStackOptions): Promise<MiniStack> {
    const server = await Cloud.serve(directory, 'ministack', {
      args: ['-B', join(ROOT, 'test/e2e/ministack-shim.py')],
      env: {
        // Functions run on the Node.js that is first.
        PATH: `${dirname(process.env.E2E_NODE!)}:${process.env.PATH}`,
        HOME: directory,
        TMPDIR: directory,
        E2E_RECORD: directory,
        E2E_ANSWERS: CLOUDFORMATION,
        BIND_HOST: '127.0.0.1',
        GATEWAY_PORT: new URL(ENDPOINT).port,
        MINISTACK_ACCOUNT_ID: ACCOUNT,
        MINISTACK_REGION: REGION,
        AUTH: String(iam),
        DOCKER_HOST: engine,
        // A busy machine fails no task.
        MINISTACK_DOCKER_TIMEOUT: '600',
        NODE_PATH: process.env.E2E_RUNTIME,
        NODE_EXTRA_CA_CERTS: certificateAuthority,
      },
    });
    return new MiniStack(server, directory);
  }

  /** MiniStack knows the administrator by this name. */
  public readonly administrator = { accessKeyId: 'test', secretAccessKey: 'test' };
}
