import { CloudFormationClient, DescribeStackEventsCommand, DescribeStacksCommand, GetTemplateCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { App } from './app';
import { Cloud } from './cloud';
import { World } from './world';
import { leaksIn } from '../../support/leaks';

/**
 * The last test of a file: no password is in what cdk has printed, in what CloudFormation shows of any stack, in its talk with
 * the functions, or in their logs.
 */
export function searchForSecrets(world: () => World, ...more: string[]): void {
  test('no password is in anything that cdk, CloudFormation, a function or the account itself has written', async () => {
    const { cloud, internet } = world();
    const passwords = [...internet.accounts.map(({ password }) => password), ...internet.formerPasswords, ...more];
    const places = {
      'cdk': App.transcript.join('\n'),
      'CloudFormation': await shownByCloudFormation(cloud),
      'custom resources': JSON.stringify(cloud.requests()),
      'functions': cloud.functionLog(),
      'account': cloud.log(),
    };
    // Nothing was found where nothing was looked at.
    expect(Object.entries(places).filter(([, text]) => text.length < 100).map(([name]) => name)).toEqual([]);
    expect(Object.entries(places).map(([name, text]) => [name, leaksIn(text, passwords)])).toEqual(Object.keys(places).map((name) => [name, []]));
  });
}

/**
 * Events, outputs, templates. Not the parameters: moto shows those with NoEcho, too, since it compares the value where it means
 * the name (https://github.com/getmoto/moto/blob/5.2.5/moto/cloudformation/models.py, Stack.parameter_list). That ours have
 * NoEcho is a test of the templates.
 */
async function shownByCloudFormation(cloud: Cloud): Promise<string> {
  const client = new CloudFormationClient(cloud.client());
  const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
  const shown = await Promise.all(StackSummaries.map(async ({ StackId: StackName }) => [
    (await client.send(new DescribeStackEventsCommand({ StackName }))).StackEvents,
    (await client.send(new DescribeStacksCommand({ StackName }))).Stacks?.map(({ Parameters: _, ...stack }) => stack),
    (await client.send(new GetTemplateCommand({ StackName }))).TemplateBody,
  ]));
  return JSON.stringify(shown);
}
