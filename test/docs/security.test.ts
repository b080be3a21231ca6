import { Match, Template } from 'aws-cdk-lib/assertions';
import { runExample } from './example';
import { codeBlocks, documentAt } from './markdown';
import { FINDINGS_OF_THE_LIBRARY, FINDINGS_OF_THE_RECIPE } from '../../scripts/templates/accepted-nag-findings';

const DOCUMENT = documentAt('docs/security.md');

test.each([
  ['the library', FINDINGS_OF_THE_LIBRARY],
  ['the recipe for the rules of an organization', FINDINGS_OF_THE_RECIPE],
])('what cdk-nag says of %s is what is accepted in the check of the templates', (_, findings) => {
  const rows = findings.map(({ rule, reason }) => `| \`${rule}\` | ${reason} |`);
  expect(DOCUMENT).toContain(['| Rule | Why it stays |', '| --- | --- |', ...rows, ''].join('\n'));
});

test('the recipe for the rules of an organization has what its text says, in every resource', () => {
  const { code } = codeBlocks(DOCUMENT, 'ts').find(({ heading }) => heading === 'The rules of an organization')!;
  const template = Template.fromStack(runExample(code));
  const arnOf = (id: string) => ({ 'Fn::GetAtt': [Match.stringLikeRegexp(`^${id}[0-9A-F]{8}$`), 'Arn'] });

  expect(Object.values(template.findResources('AWS::Lambda::Function')).map(({ Properties }) => Properties.Handler).sort()).toEqual(['index.probe', 'index.respond']);
  template.allResourcesProperties('AWS::Lambda::Function', {
    VpcConfig: { SubnetIds: Match.anyValue() },
    DeadLetterConfig: { TargetArn: arnOf('DeadLetters') },
    ReservedConcurrentExecutions: 10,
    TracingConfig: { Mode: 'Active' },
    LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('^Log') } },
  });
  template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365, KmsKeyId: arnOf('Key') });
  template.allResourcesProperties('AWS::SQS::Queue', { KmsMasterKeyId: arnOf('Key') });
  template.allResourcesProperties('AWS::IAM::Role', {
    RoleName: Match.anyValue(),
    PermissionsBoundary: Match.objectLike({ 'Fn::Join': ['', Match.arrayWith([':iam::111122223333:policy/developer-boundary'])] }),
  });
});
