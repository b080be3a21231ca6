import { awscdk, Component } from 'projen';

const RUNNER = 'integ-runner --language typescript --app "ts-node --transpile-only --project tsconfig.dev.json {filePath}"';

/**
 * The integration tests, which are the files `test/integ.*.ts`.
 *
 * The component of projen takes the newest versions of both packages, which need a newer aws-cdk-lib than the oldest supported one.
 */
export class IntegrationTests extends Component {
  constructor(project: awscdk.AwsCdkConstructLibrary) {
    super(project);
    project.addDevDeps(
      // The newest alpha that works with the oldest aws-cdk-lib, for which there is none of its own.
      '@aws-cdk/integ-tests-alpha@2.187.0-alpha.0',
      '@aws-cdk/integ-runner@2.197.10',
      // What the assertions ask AWS with.
      '@aws-sdk/client-ecs',
    );

    const bundle = project.bundler.bundleTask;
    const verify = project.addTask('integ:verify', { description: 'Compare the integration tests with their snapshots, without an AWS account' });
    verify.spawn(bundle);
    verify.exec(`${RUNNER} --max-workers 3`);
    verify.exec('jest --config scripts/integ/jest.config.js');

    const update = project.addTask('integ:update', { description: 'Write the snapshots of the integration tests, without an AWS account' });
    update.spawn(bundle);
    update.exec(`${RUNNER} --max-workers 3 --force --dry-run`, { receiveArgs: true });

    const deploy = project.addTask('integ:deploy', {
      description: 'Deploy the integration tests to an AWS account, ask AWS what became of them, and delete them; docs/evidence.md',
    });
    deploy.spawn(bundle);
    deploy.exec(`${RUNNER} --force`, { receiveArgs: true });

    // They run with those of `npm run integ:verify`.
    project.jest!.addIgnorePattern('/test/integ/');

    // Of a snapshot the templates and manifests are compared. The rest is large, and changes with every change of a bundle.
    for (const path of ['/test/integ.*.snapshot/asset.*', '/test/integ.*.snapshot/tree.json', '/test/cdk-integ.out.*']) {
      project.gitignore.exclude(path);
    }
    project.gitattributes.addAttributes('/test/integ.*.snapshot/**', 'linguist-generated');
  }
}
