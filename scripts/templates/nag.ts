import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Finding } from './findings';

/** The packs of cdk-nag, and the rules of aws-cdk-lib itself. A plugin that found nothing is not in the report. */
const PLUGINS = ['AwsSolutions', 'NIST.800.53.R5', 'CloudFormation Validate'];

/** What was found in an app, by construct. */
export function nagFindings(name: string, assembly: string): Finding[] {
  const { pluginReports } = JSON.parse(readFileSync(join(assembly, 'validation-report.json'), 'utf8'));
  // Warnings of constructs are in the report too; the tests look at them.
  return pluginReports.filter(({ pluginName }: any) => PLUGINS.includes(pluginName)).flatMap(({ violations }: any) => (
    (violations ?? []).flatMap(({ ruleName, description, violatingConstructs }: any) => violatingConstructs.map(({ constructPath }: any) => ({
      rule: ruleName, where: `${name} ${constructPath}`, message: description,
    })))
  ));
}
