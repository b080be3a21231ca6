import { join } from 'node:path';
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam';
import { buildSync } from 'esbuild';
import { ACCOUNT, Cloud, Credentials, ENDPOINT, REGION, ROOT } from './cloud';
import { CLOUDFORMATION } from './internet';

/** moto's server with the modules of test/e2e/aws. IAM is enforced when it says so. */
export class Moto extends Cloud {
  public static async start(directory: string, certificateAuthority: string): Promise<Moto> {
    const lambdaProcess = join(directory, 'process.js');
    buildSync({ entryPoints: [join(ROOT, 'test/support/lambda-process.ts')], outfile: lambdaProcess, platform: 'node', format: 'cjs', target: 'node20', bundle: true });
    const options = {
      account: ACCOUNT,
      endpoint: ENDPOINT,
      answers: CLOUDFORMATION,
      record: join(directory, 'custom-resources.jsonl'),
      functionLog: join(directory, 'functions.log'),
      certificateAuthority,
      node: process.env.E2E_NODE,
      runtimeModules: process.env.E2E_RUNTIME,
      lambdaProcess,
    };
    const server = await Cloud.serve(directory, 'moto', {
      args: ['-B', '-m', 'aws', JSON.stringify(options)],
      env: { PATH: process.env.PATH, TMPDIR: directory, PYTHONPATH: join(ROOT, 'test/e2e') },
    });
    const cloud = new Moto(server, directory);
    cloud.administrator = await createAdministrator(cloud);
    return cloud;
  }

  /** moto asks nobody who they are until IAM is enforced. */
  public administrator: Credentials = { accessKeyId: 'AKIAADMINISTRATOR000', secretAccessKey: 'of-no-use' };
  /**
   * moto reads a template from an address of S3, or of a server that is called localhost:
   * https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/utils.py (get_stack_from_s3_url)
   */
  public readonly cdkEnvironment = { AWS_ENDPOINT_URL_S3_FOR_CLOUDFORMATION: `https://s3.${REGION}.amazonaws.com` };

  /** From now on IAM decides about every request, or none. moto starts with none. */
  public async enforceIam(on: boolean): Promise<void> {
    const response = await fetch(`${ENDPOINT}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : 'inf' });
    if (!response.ok) {
      throw new Error(`moto refused: HTTP ${response.status}`);
    }
  }
}

/**
 * Whoever deploys may do everything. The roles that cdk bootstraps are not assumed: moto doesn't see that the account itself is
 * a principal (https://github.com/getmoto/moto/blob/5.2.5/moto/iam/access_control.py, _check_principal), and then cdk goes on
 * with the credentials that it has.
 */
async function createAdministrator(cloud: Cloud): Promise<Credentials> {
  const iam = new IAMClient(cloud.client());
  const UserName = 'administrator';
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] });
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'everything', PolicyDocument }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey!.AccessKeyId!, secretAccessKey: AccessKey!.SecretAccessKey! };
}
