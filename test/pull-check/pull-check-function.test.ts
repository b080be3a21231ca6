import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { PrivateRegistryImage, PullCheckFunction, PullCheckOptions } from '../../src';
import { expectError } from '../support/errors';
import { CHECKED, ENV, IMAGE, newApp, newStack, resourcesOf } from '../support/synth';
import { CREDENTIALS, defineTask } from '../support/tasks';

const FUNCTION = 'AWS::Lambda::Function';
const CHECK = 'Custom::PrivateRegistryPullCheck';

function check(stack: Stack, pullCheck: PullCheckOptions = {}, id = 'Task', image = IMAGE): void {
  defineTask(stack, new PrivateRegistryImage(image, { credentials: CREDENTIALS, pullCheck }), {}, id);
}

describe('outside of any VPC', () => {
  test('one function with a log group that ends', () => {
    const stack = newStack(CHECKED);
    check(stack);
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Runtime: 'nodejs24.x',
      Handler: 'index.respond',
      Timeout: 200,
      LoggingConfig: { LogGroup: { Ref: Match.stringLikeRegexp('LogGroup') } },
      Environment: { Variables: { READER: { 'Fn::GetAtt': [Match.stringLikeRegexp('Role'), 'Arn'] } } },
      VpcConfig: Match.absent(),
    });
    Template.fromStack(stack).hasResource('AWS::Logs::LogGroup', { Properties: { RetentionInDays: 30 }, DeletionPolicy: 'Delete' });
  });

  test('no managed policy, and nothing on *', () => {
    const stack = newStack(CHECKED);
    check(stack);
    for (const role of resourcesOf(stack, 'AWS::IAM::Role')) {
      expect(role.Properties).not.toHaveProperty('ManagedPolicyArns');
    }
    expect(JSON.stringify(resourcesOf(stack, 'AWS::IAM::Policy'))).not.toContain('"Resource":"*"');
  });

  test('its code is what the package ships, and more than an adapter', () => {
    const bundle = readFileSync(join(__dirname, '..', '..', 'assets', 'pull-check', 'handler', 'index', 'index.js'), 'utf8');
    expect(bundle).toContain('CREDENTIALS_REJECTED');
  });
});

describe('inside a VPC', () => {
  function inVpc(): Stack {
    const stack = newStack(CHECKED);
    check(stack, { vpc: new ec2.Vpc(stack, 'Vpc') });
    return stack;
  }

  test('a prober asks the registry, and a responder outside answers CloudFormation', () => {
    const template = Template.fromStack(inVpc());
    template.resourceCountIs(FUNCTION, 2);
    template.hasResourceProperties(FUNCTION, { Handler: 'index.probe', VpcConfig: { SubnetIds: Match.anyValue() } });
    template.hasResourceProperties(FUNCTION, {
      Handler: 'index.respond',
      VpcConfig: Match.absent(),
      Environment: { Variables: { PROBER: { 'Fn::GetAtt': [Match.stringLikeRegexp('Prober'), 'Arn'] } } },
    });
    template.hasResourceProperties(CHECK, { ServiceToken: { 'Fn::GetAtt': [Match.not(Match.stringLikeRegexp('Prober')), 'Arn'] } });
  });

  test('only the prober reads the secret, only the responder asks for the state of the stack', () => {
    const actionsOf = (role: RegExp) => resourcesOf(inVpc(), 'AWS::IAM::Policy')
      .filter(({ Properties }) => role.test(Properties.Roles[0].Ref))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement.flatMap(({ Action }: any) => Action));
    expect(actionsOf(/PullCheckFunction\w+ResponderRole/)).toEqual([
      'logs:CreateLogStream', 'logs:PutLogEvents', 'lambda:InvokeFunction', 'cloudformation:DescribeStacks',
    ]);
    const prober = actionsOf(/PullCheckFunction(?!.*Responder)/);
    expect(prober).toContain('secretsmanager:GetSecretValue');
    expect(prober).not.toContain('cloudformation:DescribeStacks');
  });

  test.each([
    ['the default ones', undefined, ['Private1', 'Private2']],
    ['one of them', { availabilityZones: ['eu-west-1b'] }, ['Private2']],
  ])('the prober waits for the NAT routes of its subnets, and for no others: %s', (_, vpcSubnets, expected) => {
    const stack = newStack(CHECKED);
    check(stack, { vpc: new ec2.Vpc(stack, 'Vpc', { availabilityZones: ['eu-west-1a', 'eu-west-1b'] }), vpcSubnets });
    const natRoutes = Object.entries(Template.fromStack(stack).findResources('AWS::EC2::Route', { Properties: { NatGatewayId: Match.anyValue() } }));
    expect(natRoutes).toHaveLength(2);
    const [prober] = resourcesOf(stack, FUNCTION).filter(({ Properties }) => Properties.Handler === 'index.probe');
    const awaited = natRoutes.map(([id]) => id).filter((id) => prober.DependsOn.includes(id));
    expect(awaited.map((id) => /^Vpc(Private)Subnet(\d)DefaultRoute/.exec(id)!.slice(1).join(''))).toEqual(expected);
  });

  test('another place is another function, the same place the same', () => {
    const stack = newStack(CHECKED);
    const vpc = new ec2.Vpc(stack, 'Vpc');
    check(stack, {}, 'Outside');
    check(stack, { vpc }, 'One', 'ghcr.io/acme/api:1');
    check(stack, { vpc }, 'Two', 'ghcr.io/acme/api:2');
    check(stack, { vpc, securityGroups: [new ec2.SecurityGroup(stack, 'Group', { vpc })] }, 'Three');
    expect(resourcesOf(stack, FUNCTION).filter(({ Properties }) => Properties.Handler === 'index.respond')).toHaveLength(3);
  });
});

describe('shared', () => {
  test('by the stacks of an app, its role gets the rights of each of them there', () => {
    const app = newApp(CHECKED);
    const security = new Stack(app, 'Security', { env: ENV });
    const checkFunction = new PullCheckFunction(security, 'Check', { logRetention: logs.RetentionDays.ONE_WEEK });
    const stack = new Stack(app, 'Stack', { env: ENV });
    check(stack, { checkFunction });
    Template.fromStack(security).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    expect(JSON.stringify(resourcesOf(security, 'AWS::IAM::Policy'))).not.toContain('GetSecretValue');
    Template.fromStack(stack).resourceCountIs(FUNCTION, 0);
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: 'secretsmanager:GetSecretValue' })] },
      Roles: [{ 'Fn::ImportValue': Match.stringLikeRegexp('^Security:') }],
    });
  });

  test('and defined elsewhere, its rights are the matter of its owner', () => {
    const stack = newStack(CHECKED);
    const arn = 'arn:aws:lambda:eu-west-1:444455556666:function:pull-check';
    check(stack, { checkFunction: PullCheckFunction.fromFunctionArn(stack, 'Check', arn) });
    Template.fromStack(stack).hasResourceProperties(CHECK, { ServiceToken: arn });
    Template.fromStack(stack).resourceCountIs(FUNCTION, 0);
  });

  test('fails with a place or a role beside it', () => {
    const stack = newStack(CHECKED);
    const checkFunction = new PullCheckFunction(stack, 'Check');
    expectError(() => check(stack, { checkFunction, vpc: new ec2.Vpc(stack, 'Vpc') }), 'pullCheckPlacementAmbiguous', 'checkFunction');
  });

  test('with a role that is given', () => {
    const stack = newStack(CHECKED);
    const role = new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    check(stack, { role });
    Template.fromStack(stack).hasResourceProperties(FUNCTION, { Role: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Role'), 'Arn'] } });
  });
});
