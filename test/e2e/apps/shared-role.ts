import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import { PrivateRegistryImage, RegistryCredentials, RegistryProvider } from '../../../src';

/** One role pulls for stacks in two Regions, two of which have the same name. ../agents-path.shared-role.test.ts deploys and destroys them one by one. */
/** See ../support/given.ts. */
const { secrets, keyOfOtherRegion, roleArn } = JSON.parse(readFileSync('given.json', 'utf8'));

const app = new App();

function define(id: string, region: string, images: Record<string, ecs.ContainerImage>, stackName?: string): void {
  const stack = new Stack(app, id, { env: { account: '111122223333', region }, stackName });
  const executionRole = iam.Role.fromRoleArn(stack, 'SharedRole', roleArn);
  const task = new ecs.FargateTaskDefinition(stack, 'Task', { executionRole });
  for (const [name, image] of Object.entries(images)) {
    task.addContainer(name, { image });
  }
}

const api = new PrivateRegistryImage('ghcr.io/acme/api:1.5.0', { credentials: RegistryCredentials.fromSecretCompleteArn(secrets['ghcr/pull']) });
const tool = new PrivateRegistryImage('nexus.example.com/acme/web:2.0.0', {
  credentials: RegistryCredentials.fromSecretCompleteArn(secrets['nexus/pull']),
  provider: RegistryProvider.nexus('nexus.example.com'),
});
const ofOtherRegion = new PrivateRegistryImage('ghcr.io/acme/api:1.5.0', {
  credentials: RegistryCredentials.fromSecretCompleteArn(secrets['virginia/pull'], { encryptionKeyArn: keyOfOtherRegion }),
});
define('Ireland', 'eu-west-1', { api, tool }, 'Apps');
define('Virginia', 'us-east-1', { api, ofOtherRegion }, 'Apps');
define('Worker', 'eu-west-1', { api });
