import { Component, typescript } from 'projen';

/**
 * Checks the public API with the linter of the AWS CDK itself.
 */
export class Awslint extends Component {
  constructor(project: typescript.TypeScriptProject) {
    super(project);
    project.addDevDeps('awslint');
    const task = project.addTask('awslint', {
      description: 'Check the public API against the design guidelines of the AWS CDK',
      // `duration-prop-type` looks for the Duration of CDK v1 and misfires on every one of v2.
      exec: 'awslint --exclude=duration-prop-type:*',
      env: { NODE_OPTIONS: '--max-old-space-size=8192' },
      receiveArgs: true,
    });
    project.postCompileTask.spawn(task);
  }
}
