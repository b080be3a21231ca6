import { Component, typescript } from 'projen';

/**
 * The tasks that run a file of scripts/: the demo, and the checks that `.ci/run` adds to the tests.
 */
export class Scripts extends Component {
  constructor(project: typescript.TypeScriptProject) {
    super(project);
    const tasks: Record<string, [script: string, description: string]> = {
      'demo': ['demo', 'Synthesize the example app with the library as it is published, and show the template to a reviewer'],
      'test:events': ['events/test', 'Hold the event pattern of failed pulls against events of ECS, with the matcher that AWS publishes'],
      'test:handler': ['handler/test', 'Run the tests of the pull check\'s function on Node.js 20, 22 and 24'],
      'test:namespace': ['handler/namespace', 'Run the pull check\'s function in a network namespace of Linux, with nothing rerouted'],
      'test:latest': ['latest', 'Run the tests on the newest versions of the peers'],
      'verify:languages': ['languages/verify', 'Build apps with the packed library in TypeScript, Python, Java and Go, and compare what they synthesize'],
      'verify:package': ['package-check', 'Check what is generated and what is published'],
      'verify:templates': ['templates/check', 'Judge the templates with cfn-lint and cdk-nag'],
    };
    for (const [name, [script, description]] of Object.entries(tasks)) {
      // The types of scripts/ are checked with those of the tests.
      project.addTask(name, { description, exec: `ts-node --transpile-only --project tsconfig.dev.json scripts/${script}.ts` });
    }

    const registries = project.addTask('test:registries', { description: 'Check images of real registries on this machine, and pull them with containerd and dockerd; installs all with apt and Go' });
    registries.exec('scripts/registries/install.sh');
    registries.exec('scripts/engines/install.sh');
    registries.exec('jest --config scripts/registries/jest.config.js');

    const engines = project.addTask('test:engines', { description: 'Hold the check against containerd and dockerd, on scripted and random registries; builds both with Go' });
    engines.exec('scripts/engines/install.sh');
    engines.exec('jest --config scripts/engines/jest.config.js');
    project.jest!.addIgnorePattern('/test/engines/');
    project.addPackageIgnore('/.engines/');

    const gitea = project.addTask('test:gitea', { description: 'Check images of Gitea on this machine, and pull them with containerd and dockerd; builds all three with Go, Gitea in minutes' });
    gitea.exec('scripts/gitea/install.sh');
    gitea.exec('scripts/engines/install.sh');
    gitea.exec('jest --config scripts/gitea/jest.config.js');
    project.jest!.addIgnorePattern('/test/gitea/');
    project.addPackageIgnore('/.gitea/');

    const bench = project.addTask('bench', { description: 'Measure how long the library takes against what its users would do without it; installs registries with apt and Go' });
    bench.exec('scripts/registries/install.sh');
    bench.exec('ts-node --transpile-only --project tsconfig.dev.json bench/main.ts', { receiveArgs: true });

    const e2e = project.addTask('e2e', { description: 'Deploy the example apps into emulators of AWS on this machine, with real registries and container engines; needs root, installs all of it' });
    e2e.exec('scripts/registries/install.sh');
    e2e.exec('scripts/e2e/install.sh');
    e2e.exec('ts-node --transpile-only --project tsconfig.dev.json scripts/e2e/main.ts', { receiveArgs: true });

    // The copies of the example and of the library, and the source of Gitea, have package.json files, which confuse the module map of jest.
    project.jest!.config.modulePathIgnorePatterns = ['<rootDir>/.demo/', '<rootDir>/.gitea/', '<rootDir>/dist/'];
  }
}
