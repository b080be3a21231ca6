import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, BootstraplessSynthesizer, CfnHook, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as servicecatalog from 'aws-cdk-lib/aws-servicecatalog';
import { Construct } from 'constructs';
import {
  IPullCheckFunction, PrivateRegistry, PrivateRegistryImage, PullCheckFunction, PullCheckFunctionAttributes, PullCheckFunctionProps, PullCheckMode,
  PullCheckOptions, RegistryProvider,
} from '../../src';
import { dependencyCycle } from '../contract/dependency-cycle';
import { expectError, expectSilence, expectWarning } from '../support/errors';
import { CHECKED, ENV, IMAGE, newApp, newStack, resourcesOf, SECRET_ARN, statementsOf, warningIdsOf } from '../support/synth';
import { CREDENTIALS, defineTask, importedVpc, newVpc, rawImage, rawSecret } from '../support/tasks';

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

  test.each([false, true])('refuses secrets without hosts if that is required: %s', (requireHosts) => {
    for (const placement of ['outside', 'inside']) {
      const stack = newStack();
      new PullCheckFunction(stack, 'Check', { requireHosts, vpc: placement === 'inside' ? new ec2.Vpc(stack, 'Vpc') : undefined });
      Template.fromStack(stack).hasResourceProperties(FUNCTION, {
        Handler: placement === 'inside' ? 'index.probe' : 'index.respond',
        MemorySize: 512,
        Environment: { Variables: { REQUIRE_HOSTS: requireHosts ? 'true' : Match.absent() } },
      });
    }
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

  test.each([false, true])('on request the responder is inside too, in the same subnets and groups, with one role: %p', (hasRole) => {
    const stack = newStack();
    const role = hasRole ? new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') }) : undefined;
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const checkFunction = new PullCheckFunction(stack, 'Check', { vpc, vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS }, responderInVpc: true, role });

    const [responder, prober] = ['respond', 'probe'].map((handler) => (
      resourcesOf(stack, FUNCTION).find(({ Properties }) => Properties.Handler === `index.${handler}`)
    ));
    expect(responder.Properties.VpcConfig).toEqual(prober.Properties.VpcConfig);
    expect(responder.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/)]));
    expect(stack.resolve([checkFunction.functionArn, checkFunction.prober!.functionArn])).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^CheckFunction/), 'Arn'] }, responder.Properties.Environment.Variables.PROBER,
    ]);
    const withInterfaces = statementsOf(stack).filter(({ Action }) => Action.includes('ec2:CreateNetworkInterface'));
    expect(withInterfaces).toHaveLength(hasRole ? 1 : 2);
    expect(dependencyCycle(Template.fromStack(stack).toJSON())).toBeUndefined();
  });

  test.each([false, true])('that has public subnets only: it is there, with a warning, the responder too: %p', (responderInVpc) => {
    const stack = newStack(CHECKED);
    const vpc = newVpc(stack, ec2.SubnetType.PUBLIC);
    check(stack, { checkFunction: new PullCheckFunction(stack, 'Check', { vpc, responderInVpc }) });
    const subnets = resourcesOf(stack, FUNCTION).flatMap(({ Properties }) => Properties.VpcConfig?.SubnetIds ?? []);
    expect(subnets).toEqual(stack.resolve((responderInVpc ? [1, 2] : [1]).flatMap(() => vpc.publicSubnets.map(({ subnetId }) => subnetId))));
    expectWarning(stack, 'pullCheckInPublicSubnets', 'Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2', 'Secrets Manager', 'vpcSubnets');
  });

  test('nothing is said of public subnets as long as the VPC is looked up', () => {
    const stack = newStack(CHECKED);
    check(stack, { vpc: ec2.Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' }), vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC } });
    expectSilence(stack);
  });

  test('its connections are those of the prober', () => {
    const stack = newStack();
    const vpc = new ec2.Vpc(stack, 'Vpc');
    const registry = new ec2.SecurityGroup(stack, 'Registry', { vpc });
    const checkFunction = new PullCheckFunction(stack, 'Check', { vpc });
    registry.connections.allowFrom(checkFunction, ec2.Port.tcp(443));

    const [prober] = resourcesOf(stack, FUNCTION).filter(({ Properties }) => Properties.Handler === 'index.probe');
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: stack.resolve(registry.securityGroupId),
      SourceSecurityGroupId: prober.Properties.VpcConfig.SecurityGroupIds[0],
      FromPort: 443,
    });
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

  test('from another account of the app, is warned about: no policy of this account can be attached to its role', () => {
    const app = newApp(CHECKED);
    const security = new Stack(app, 'Security', { env: { ...ENV, account: '444455556666' } });
    const checkFunction = new PullCheckFunction(security, 'Check');
    const stack = new Stack(app, 'Stack', { env: ENV });
    checkFunction._attach(new Construct(stack, 'Dependent'), [{ actions: ['secretsmanager:GetSecretValue'], resources: [SECRET_ARN] }]);

    expectWarning(stack, 'pullCheckPolicyMissing', '"secretsmanager:GetSecretValue"', '"cloudformation:DescribeStacks"');
    Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 0);
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
    Template.fromStack(stack).hasResourceProperties(FUNCTION, {
      Role: { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::111122223333:role/', { Ref: Match.stringLikeRegexp('^Role') }]] },
    });
  });
});

describe('imported', () => {
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:pull-check';
  const roleArn = 'arn:aws:iam::111122223333:role/pull-check';

  function importedIn(stack: Stack, attrs: Partial<PullCheckFunctionAttributes> = {}): IPullCheckFunction {
    return PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Check', { functionArn, ...attrs });
  }

  test('is what CloudFormation calls, also in another account', () => {
    const stack = newStack(CHECKED);
    const checkFunction = importedIn(stack, { functionArn: functionArn.replace('111122223333', '444455556666') });
    check(stack, { checkFunction });

    Template.fromStack(stack).hasResourceProperties(CHECK, { ServiceToken: 'arn:aws:lambda:eu-west-1:444455556666:function:pull-check' });
    Template.fromStack(stack).resourceCountIs(FUNCTION, 0);
  });

  test('with its role, gets the permissions that a function of the app gets, and the check waits for them', () => {
    const stack = newStack(CHECKED);
    check(stack, { checkFunction: importedIn(stack, { role: iam.Role.fromRoleArn(stack, 'Role', roleArn) }) });

    const policies = Object.entries<any>(Template.fromStack(stack).findResources('AWS::IAM::Policy', { Properties: { Roles: ['pull-check'] } }));
    expect(policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement.map(({ Action }: any) => Action)).sort()).toEqual([
      'cloudformation:DescribeStacks', 'secretsmanager:GetSecretValue',
    ]);
    expect(resourcesOf(stack, CHECK)[0].DependsOn.sort()).toEqual(policies.map(([id]) => id).sort());
    expectSilence(stack);
  });

  test.each<[string, (stack: Stack) => iam.IRole | undefined]>([
    ['without its role', () => undefined],
    ['with a role of another account', (stack) => iam.Role.fromRoleArn(stack, 'Role', roleArn.replace('111122223333', '444455556666'))],
    ['with a role that cannot be changed', (stack) => iam.Role.fromRoleArn(stack, 'Role', roleArn, { mutable: false })],
  ])('%s, is warned about', (_, roleIn) => {
    const stack = newStack(CHECKED);
    const role = roleIn(stack);
    check(stack, { checkFunction: importedIn(stack, { role }) });

    expectWarning(stack, 'pullCheckPolicyMissing', role?.roleArn ?? functionArn, '"secretsmanager:GetSecretValue"', '"cloudformation:DescribeStacks"');
    expect(resourcesOf(stack, CHECK)[0].DependsOn).toBeUndefined();
  });

  test('with its role, is one of the readers that the owner of the secret has to allow', () => {
    const stack = newStack(CHECKED);
    const registry = new PrivateRegistry(stack, 'Ghcr', { provider: RegistryProvider.GHCR, credentials: CREDENTIALS });
    const checkFunction = importedIn(stack, { role: iam.Role.fromRoleArn(stack, 'Role', roleArn) });
    defineTask(stack, registry.image(IMAGE, { pullCheck: { checkFunction } }));

    expect(JSON.stringify(stack.resolve(registry.ownerPolicies().secretPolicy))).toContain(roleArn);
  });

  test('with its security groups, has connections', () => {
    const stack = newStack();
    const group = ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-0123456789abcdef0');

    expect(importedIn(stack, { securityGroups: [group] }).connections.securityGroups).toEqual([group]);
  });
});

describe('the properties of a function', () => {
  test('a log group that is given is that of both functions, and no other is created', () => {
    const stack = newStack();
    const logGroup = logs.LogGroup.fromLogGroupName(stack, 'Audit', '/audit/pull-check');
    const checkFunction = new PullCheckFunction(stack, 'Check', { vpc: importedVpc(stack), logGroup });

    expect(checkFunction.logGroup).toBe(logGroup);
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    template.allResourcesProperties(FUNCTION, { LoggingConfig: { LogGroup: '/audit/pull-check' } });
    const written = statementsOf(stack).filter(({ Action }) => Action.includes('logs:PutLogEvents'));
    expect(written).toHaveLength(2);
    expect(JSON.stringify(written)).toMatch(/(?:.*:log-group:\/audit\/pull-check:\*){2}/);
  });

  test('that have no effect fail', () => {
    const stack = newStack();
    const logGroup = new logs.LogGroup(stack, 'Audit');
    const define = (props: PullCheckFunctionProps) => () => new PullCheckFunction(new Construct(stack, JSON.stringify(Object.keys(props))), 'Check', props);

    expectError(define({ responderInVpc: true }), 'pullCheckWithoutVpc', 'responderInVpc', 'set vpc');
    expectError(define({ vpcSubnets: {} }), 'pullCheckWithoutVpc', 'vpcSubnets', 'set vpc');
    expectError(define({ logGroup, logRetention: logs.RetentionDays.ONE_YEAR }), 'logRetentionUnused', 'logGroup is set');
    expect(define({ responderInVpc: false, logGroup })).not.toThrow();
  });
});

describe('the members of a resource', () => {
  test('connections fail without a VPC', () => {
    const stack = newStack();
    const imported = PullCheckFunction.fromPullCheckFunctionAttributes(stack, 'Imported', {
      functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:pull-check',
    });

    expectError(() => new PullCheckFunction(stack, 'Check').connections, 'connectionsWithoutVpc', 'set vpc', '(at Stack/Check)');
    expectError(() => imported.connections, 'connectionsWithoutVpc', 'securityGroups', '(at Stack/Imported)');
  });

  test('other accounts can be allowed to call the function', () => {
    const stack = newStack();
    const checkFunction = new PullCheckFunction(stack, 'Check', { vpc: new ec2.Vpc(stack, 'Vpc') });
    checkFunction.function.grantInvoke(new iam.AccountPrincipal('444455556666'));

    expect(checkFunction.functionArn).toBe(checkFunction.function.functionArn);
    const [responder] = Object.keys(Template.fromStack(stack).findResources(FUNCTION, { Properties: { Handler: 'index.respond' } }));
    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Permission', {
      FunctionName: { 'Fn::GetAtt': [responder, 'Arn'] },
      Principal: '444455556666',
    });
  });

  test('metrics are those of the function that CloudFormation calls', () => {
    const stack = newStack();
    const checkFunction = new PullCheckFunction(stack, 'Check', { vpc: new ec2.Vpc(stack, 'Vpc') });
    const metrics = [
      checkFunction.metric('ConcurrentExecutions', { statistic: 'Maximum' }), checkFunction.metricErrors(), checkFunction.metricDuration(),
      checkFunction.metricInvocations(), checkFunction.metricThrottles({ period: Duration.hours(1) }),
    ];

    expect(metrics.map(({ namespace, metricName, statistic, period }) => [namespace, metricName, statistic, period.toMinutes()])).toEqual([
      ['AWS/Lambda', 'ConcurrentExecutions', 'Maximum', 5],
      ['AWS/Lambda', 'Errors', 'Sum', 5],
      ['AWS/Lambda', 'Duration', 'Average', 5],
      ['AWS/Lambda', 'Invocations', 'Sum', 5],
      ['AWS/Lambda', 'Throttles', 'Sum', 60],
    ]);
    for (const { dimensions } of metrics) {
      expect(dimensions).toEqual({ FunctionName: checkFunction.function.functionName });
    }
  });
});

describe('a role that is given', () => {
  const ROLE_ARN = 'arn:aws:iam::111122223333:role/check';
  const roles: Array<[string, (stack: Stack) => iam.IRole]> = [
    ['of the stack', (stack) => new iam.Role(stack, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') })],
    ['imported', (stack) => iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN)],
  ];

  test.each(roles)('in a VPC is that of both functions, and no other is created: %s', (_, roleIn) => {
    const stack = newStack(CHECKED);
    const role = roleIn(stack);
    check(stack, { vpc: importedVpc(stack), role });

    const template = Template.fromStack(stack);
    const name = role.node.defaultChild ? JSON.stringify(stack.resolve(role.roleName)) : ROLE_ARN;
    expect(resourcesOf(stack, FUNCTION).map(({ Properties }) => JSON.stringify(Properties.Role).includes(name))).toEqual([true, true]);
    expect(resourcesOf(stack, 'AWS::IAM::Role').filter((one) => JSON.stringify(one).includes('lambda.amazonaws.com'))).toHaveLength(role.node.defaultChild ? 1 : 0);
    const actions = statementsOf(stack).flatMap(({ Action }) => Action);
    expect(actions).toEqual(expect.arrayContaining([
      'logs:PutLogEvents', 'ec2:CreateNetworkInterface', 'lambda:InvokeFunction', 'secretsmanager:GetSecretValue', 'cloudformation:DescribeStacks',
    ]));
    expect(dependencyCycle(template.toJSON())).toBeUndefined();
    const [invoke] = Object.keys(template.findResources('AWS::IAM::Policy', {
      Properties: { PolicyDocument: { Statement: [Match.objectLike({ Action: 'lambda:InvokeFunction' })] } },
    }));
    template.hasResource(FUNCTION, { Properties: { Handler: 'index.respond' }, DependsOn: Match.arrayWith([invoke]) });
    expectSilence(stack);
  });

  test.each([false, true])('can start the tasks whose image is checked, in a VPC: %s', (isInVpc) => {
    const order = (define: (stack: Stack, role: iam.Role) => ecs.TaskDefinition) => {
      const stack = newStack(CHECKED);
      const role = new iam.Role(stack, 'Role', { path: '/team/', assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
      define(stack, role).grantRun(role);
      return { stack, template: Template.fromStack(stack).toJSON() };
    };
    expect(dependencyCycle(order((stack) => defineTask(stack, rawImage(rawSecret(stack)))).template)).toBeUndefined();

    const { stack, template } = order((own, role) => defineTask(own, new PrivateRegistryImage(IMAGE, {
      credentials: CREDENTIALS, pullCheck: { role, vpc: isInVpc ? importedVpc(own) : undefined },
    })));
    expect(dependencyCycle(template)).toBeUndefined();
    const [{ DependsOn }] = resourcesOf(stack, CHECK);
    const [readerId] = Object.entries<any>(template.Resources)
      .filter(([id, { Type }]) => Type === 'AWS::IAM::Policy' && id.includes('ReadSecret')).map(([id]) => id);
    expect(DependsOn).toContain(readerId);
    expect(template.Resources[readerId].Properties.Roles).toEqual([{ Ref: expect.stringMatching(/^Role/) }]);
    const fn = resourcesOf(stack, FUNCTION)[0];
    expect(JSON.stringify(fn.Properties.Role)).toContain(':role/team/');
    const ofLogs = Object.entries<any>(template.Resources)
      .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Policy' && JSON.stringify(Properties).includes('logs:PutLogEvents')).map(([id]) => id);
    expect(fn.DependsOn).toEqual(expect.arrayContaining(ofLogs));
  });

  test.each<[string, boolean, string[]]>([
    ['outside of a VPC', false, []],
    ['in a VPC', true, [
      'ec2:CreateNetworkInterface', 'ec2:DeleteNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets',
      'ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses', 'lambda:InvokeFunction',
    ]],
  ])('and cannot be changed is warned about with all that it needs %s', (_, isInVpc, more) => {
    const stack = newStack(CHECKED);
    check(stack, { vpc: isInVpc ? importedVpc(stack) : undefined, role: iam.Role.fromRoleArn(stack, 'Role', ROLE_ARN, { mutable: false }) });

    expect(resourcesOf(stack, 'AWS::IAM::Policy').filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('check'))).toEqual([]);
    const message = expectWarning(stack, 'pullCheckPolicyMissing', ROLE_ARN);
    const { Statement } = JSON.parse(/\{"Version".*\}/.exec(message)![0]);
    expect(Statement.flatMap(({ Action }: any) => Action).sort()).toEqual([
      'cloudformation:DescribeStacks', 'logs:CreateLogStream', 'logs:PutLogEvents', 'secretsmanager:GetSecretValue', ...more,
    ].sort());
  });
});

describe('the hook for green deployments of CloudFormation', () => {
  function addHook(stack: Stack): void {
    new CfnHook(stack, 'Hook', { type: 'AWS::CodeDeploy::BlueGreen', properties: {} });
  }

  test('is warned about once, also if it is added later', () => {
    const stack = newStack(CHECKED);
    check(stack, {}, 'One');
    check(stack, {}, 'Two', 'ghcr.io/acme/worker:1');
    addHook(stack);

    Template.fromStack(stack);
    expect(warningIdsOf(stack)).toEqual(['blueGreenHookWithCheck']);
    expectWarning(stack, 'blueGreenHookWithCheck', 'the stack Stack', 'AWS::CodeDeploy::BlueGreen', 'pullCheck.mode OFF');
  });

  test('is fine without a check, and in another stack', () => {
    const off = newStack(CHECKED);
    check(off, { mode: PullCheckMode.OFF });
    addHook(off);
    const stack = newStack(CHECKED);
    check(stack);
    addHook(new Stack(stack.node.root as App, 'Other', { env: ENV }));

    expectSilence(off, stack);
  });
});

describe('Role.customizeRoles()', () => {
  test.each([false, true])('no policy is in the template, and the report has every permission, in a VPC: %p', (isInVpc) => {
    const app = newApp(CHECKED);
    const stack = new Stack(app, 'Stack', { env: ENV });
    iam.Role.customizeRoles(stack, { preventSynthesis: false });
    check(stack, isInVpc ? { vpc: importedVpc(stack) } : {});

    const { directory } = app.synth();
    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expect(resourcesOf(stack, 'AWS::IAM::Role').length).toBeGreaterThan(0);
    const { roles } = JSON.parse(readFileSync(join(directory, 'iam-policy-report.json'), 'utf8'));
    const actionsOf = (role: string) => roles.filter(({ roleConstructPath }: any) => roleConstructPath.endsWith(role))
      .flatMap(({ identityPolicyStatements }: any) => identityPolicyStatements.flatMap(({ Action }: any) => Action));
    expect(actionsOf('ExecutionRole')).toEqual(['secretsmanager:GetSecretValue']);
    expect(actionsOf('/Role')).toEqual(expect.arrayContaining(['logs:PutLogEvents', 'secretsmanager:GetSecretValue']));
    expect(actionsOf(isInVpc ? '/ResponderRole' : '/Role')).toEqual(expect.arrayContaining([
      'logs:PutLogEvents', 'cloudformation:DescribeStacks', ...isInVpc ? ['lambda:InvokeFunction'] : [],
    ]));
    if (isInVpc) {
      expect(actionsOf('/Role')).toEqual(expect.arrayContaining(['ec2:CreateNetworkInterface']));
    }
    expectSilence(stack);
  });

  test('of the stack of the function alone: the report has what the checks of another stack need', () => {
    const app = newApp(CHECKED);
    const platform = new Stack(app, 'Platform', { env: ENV });
    iam.Role.customizeRoles(platform, { usePrecreatedRoles: { 'Platform/Check/Role': 'check' } });
    const stack = new Stack(app, 'Stack', { env: ENV });
    check(stack, { checkFunction: new PullCheckFunction(platform, 'Check') });

    const { directory } = app.synth();
    expect(resourcesOf(stack, 'AWS::IAM::Policy').map(({ Properties }) => Properties.Roles)).toEqual([[{ Ref: expect.stringContaining('TaskExecutionRole') }]]);
    expect(readFileSync(join(directory, 'iam-policy-report.json'), 'utf8')).toMatch(/secretsmanager:GetSecretValue[^]*\(Stack\.AWS::StackId\)/);
    expectSilence(platform, stack);
  });

  test('of the stack of the checks alone: what the function of another stack needs is a warning', () => {
    const app = newApp(CHECKED);
    const checkFunction = new PullCheckFunction(new Stack(app, 'Platform', { env: ENV }), 'Check');
    const stack = new Stack(app, 'Stack', { env: ENV });
    iam.Role.customizeRoles(stack, { usePrecreatedRoles: { 'Stack/Task/ExecutionRole': 'exec', 'Stack/Task/TaskRole': 'task' } });
    check(stack, { checkFunction });

    expect(resourcesOf(stack, 'AWS::IAM::Policy')).toEqual([]);
    expectWarning(stack, 'pullCheckPolicyMissing', 'Platform/Check/Role', 'secretsmanager:GetSecretValue', 'cloudformation:DescribeStacks');
  });
});

describe('a stack that cannot have assets', () => {
  const stacks: Array<[string, () => Stack]> = [
    ['BootstraplessSynthesizer', () => new Stack(newApp(CHECKED), 'Stack', { env: ENV, synthesizer: new BootstraplessSynthesizer() })],
    ['a product of Service Catalog', () => new servicecatalog.ProductStack(newStack(CHECKED), 'Product')],
  ];

  test.each(stacks)('fails with the ways out: %s', (_, stackIn) => {
    expectError(() => check(stackIn()), 'stackWithoutAssets', 'cannot have assets', 'pullCheck.checkFunction', 'pullCheck.mode OFF');
  });

  test.each(stacks)('works with a function of somebody else, and without a check, as in aws-cdk-lib: %s', (_, stackIn) => {
    const raw = stackIn();
    defineTask(raw, rawImage(rawSecret(raw)));
    const elsewhere = stackIn();
    const attributes = { functionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:check', role: iam.Role.fromRoleName(elsewhere, 'Role', 'check') };
    check(elsewhere, { checkFunction: PullCheckFunction.fromPullCheckFunctionAttributes(elsewhere, 'Check', attributes) });
    const off = stackIn();
    check(off, { mode: PullCheckMode.OFF });

    for (const stack of [raw, elsewhere, off]) {
      expect(() => (stack.node.root as App).synth()).not.toThrow();
      expect(warningIdsOf(stack)).toEqual([]);
    }
  });
});
