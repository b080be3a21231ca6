import { Component, SampleFile, typescript } from 'projen';

/**
 * Compiles every example of the README and of the docstrings.
 */
export class Rosetta extends Component {
  constructor(project: typescript.TypeScriptProject) {
    super(project);
    project.addDevDeps('jsii-rosetta@~6.0.0');
    new SampleFile(project, 'rosetta/default.ts-fixture', {
      contents: [
        "import { App, Stack } from 'aws-cdk-lib';",
        "import { Construct } from 'constructs';",
        '',
        'class Fixture extends Stack {',
        '  constructor(scope: Construct, id: string) {',
        '    super(scope, id);',
        '    /// here',
        '  }',
        '}',
        '',
      ].join('\n'),
    });
    const task = project.addTask('rosetta', {
      description: 'Compile the examples of the README and of the docstrings',
      exec: 'jsii-rosetta extract --strict --cache-to=.rosetta.tabl.json .jsii',
    });
    project.addGitIgnore('.rosetta.tabl.json');
    project.addPackageIgnore('/rosetta/');
    project.addPackageIgnore('.rosetta.tabl.json');
    project.postCompileTask.spawn(task);
    // Each packaging job of the workflows begins with the tarball, which has no translations.
    for (const language of ['java', 'python', 'dotnet', 'go']) {
      project.tasks.tryFind(`package:${language}`)!.prependSpawn(task, { condition: 'test ! -f .jsii.tabl.json' });
    }
  }
}
