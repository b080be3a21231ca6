import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import { Construct, Dependable } from 'constructs';
import { FinalProject } from './final-project';
import { Puller } from '../access/puller';
import { declaredDependencies, waitFor, waitUnlessCyclic } from '../private/late-dependencies';

/**
 * A build project as a puller.
 */
export function projectPuller(scope: Construct, project: codebuild.IProject): Puller {
  const resource = project.node.defaultChild as codebuild.CfnProject;
  const role = project.role!;
  const finalProject = new FinalProject(resource);
  return {
    scope,
    resource,
    role,
    ownsRole: role.node.scope === project,
    service: 'codebuild.amazonaws.com',
    acceptsSecretNames: true,
    engine: () => 'codebuild',
    platform: () => finalProject.platform(),
    pulls: (image, credentialsParameter) => finalProject.pulls(image, credentialsParameter),
    keepsRole: () => finalProject.keepsRole(),
    dependencies: () => declaredDependencies(resource),
    waitFor: (dependency) => waitFor(resource, dependency),
    // The policy that aws-cdk-lib adds for the logs names the project.
    waitUnlessCyclic: (dependency) => waitUnlessCyclic(resource, () => Dependable.of(dependency).dependencyRoots),
    // A project shows nothing but its image.
    label: () => undefined,
  };
}
