import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { Construct } from 'constructs';
import { FinalProject } from './final-project';
import { Puller, waitsOf } from '../access/puller';

/**
 * A build project as a puller.
 */
export function projectPuller(scope: Construct, project: codebuild.IProject): Puller {
  const resource = project.node.defaultChild as codebuild.CfnProject;
  const role = project.role!;
  const finalProject = new FinalProject(resource);
  return {
    // The policy that aws-cdk-lib adds for the logs names the project, which therefore does not wait for it.
    ...waitsOf(resource),
    scope,
    role,
    ownsRole: role.node.scope === project,
    service: 'codebuild.amazonaws.com',
    acceptsSecretNames: true,
    engine: () => 'codebuild',
    platform: () => finalProject.platform(),
    pulls: (image, credentialsParameter) => finalProject.pulls(image, credentialsParameter),
    keepsRole: () => finalProject.keepsRole(),
    roleArn: () => finalProject.finalRoleArn(),
    // A project shows nothing but its image.
    label: () => undefined,
  };
}
