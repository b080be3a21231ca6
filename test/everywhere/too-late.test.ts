import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { IConstruct } from 'constructs';
import { addAspect, authenticate, checkedStack, GHCR_SECRET_ARN, OWN_SECRET_ARN, plain, pullsOf, synthError, taskIn } from './support';
import { PrivateRegistries } from '../../src';
import { expectSynthError } from '../support/errors';
import { CHECKED, ENV, IMAGE, newApp } from '../support/synth';

/** Another Aspect changes something when it visits the last construct, after everything was authenticated. */
function changeAtTheEnd(stack: Stack, change: () => void): void {
  const last = new CfnResource(stack, 'Last', { type: 'AWS::SNS::Topic' });
  addAspect(stack, (construct) => {
    if (construct === last) {
      change();
    }
  }, 900);
}

function l1Of(task: ecs.TaskDefinition): ecs.CfnTaskDefinition {
  return task.node.defaultChild as ecs.CfnTaskDefinition;
}

test('an image that is replaced after it was checked', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  changeAtTheEnd(stack, () => {
    l1Of(task).addPropertyOverride('ContainerDefinitions.0.Image', 'quay.io/acme/other:1');
  });
  authenticate(stack);
  expectSynthError(stack, 'imageChanged', IMAGE, '"quay.io/acme/other:1"', 'ContainerDefinitions.0', 'Stack/Task/Resource');
});

test('an image that is replaced together with its credentials is the user\'s own', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  changeAtTheEnd(stack, () => {
    l1Of(task).addPropertyOverride('ContainerDefinitions.0.Image', 'quay.io/acme/other:1');
    l1Of(task).addPropertyOverride('ContainerDefinitions.0.RepositoryCredentials.CredentialsParameter', OWN_SECRET_ARN);
  });
  authenticate(stack);
  expect(pullsOf(stack)).toEqual({ 'quay.io/acme/other:1': OWN_SECRET_ARN });
});

test('a container that only an override adds', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  l1Of(task).addPropertyOverride('ContainerDefinitions.1', { Name: 'sidecar', Image: 'ghcr.io/acme/sidecar:1' });
  authenticate(stack);
  expectSynthError(stack, 'imageNotAuthenticated', 'ghcr.io/acme/sidecar:1', 'ContainerDefinitions.1', 'PrivateRegistries.of("Stack")', 'exempt()');
});

test('a list that replaces all containers, with credentials, is the user\'s own', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  l1Of(task).addPropertyOverride('ContainerDefinitions', [
    { Name: 'app', Image: 'ghcr.io/acme/other:1', RepositoryCredentials: { CredentialsParameter: OWN_SECRET_ARN } },
  ]);
  authenticate(stack);
  expect(pullsOf(stack)).toEqual({ 'ghcr.io/acme/other:1': OWN_SECRET_ARN });
});

describe('an Aspect that reads the list of containers before another one is added', () => {
  const freeze = (task: ecs.TaskDefinition) => (construct: IConstruct) => {
    if (construct === task) {
      Stack.of(task).resolve(l1Of(task).containerDefinitions);
      task.addContainer('sidecar', { image: plain('ghcr.io/acme/sidecar:1') });
    }
  };

  test('aws-cdk-lib loses the container silently', () => {
    const stack = checkedStack();
    const task = taskIn(stack, IMAGE);
    addAspect(stack, freeze(task));
    expect(Object.keys(pullsOf(stack))).toEqual([IMAGE]);
  });

  test('here it is an error', () => {
    const stack = checkedStack();
    const task = taskIn(stack, IMAGE);
    addAspect(stack, freeze(task));
    authenticate(stack);
    expectSynthError(stack, 'containerLost', 'ghcr.io/acme/sidecar:1', 'Stack/Task');
  });
});

test('a list that another Aspect has reordered after it was authenticated', () => {
  const stack = checkedStack();
  const containerDefinitions = [{ name: 'app', image: IMAGE }, { name: 'other', image: 'quay.io/acme/x:1' }];
  new ecs.CfnTaskDefinition(stack, 'Task', { containerDefinitions });
  changeAtTheEnd(stack, () => {
    containerDefinitions.reverse();
  });
  authenticate(stack);
  expectSynthError(stack, 'imageChanged', IMAGE, '"quay.io/acme/x:1"', 'ContainerDefinitions.0', 'Stack/Task');
});

test('nothing is an error while the command line still has to look a value up', () => {
  const app = newApp(CHECKED);
  const stack = new Stack(app, 'Stack', { env: ENV });
  ec2.Vpc.fromLookup(stack, 'Vpc', { vpcName: 'main' });
  const task = taskIn(stack, IMAGE);
  l1Of(task).addPropertyOverride('ContainerDefinitions.1', { Name: 'sidecar', Image: 'ghcr.io/acme/sidecar:1' });
  authenticate(app as App);
  expect(synthError(stack)).toBeUndefined();
});

describe('services that take no credentials', () => {
  const consumers: Array<[type: string, properties: Record<string, unknown>, path: string]> = [
    ['AWS::Lambda::Function', { Code: { ImageUri: IMAGE }, Role: 'arn:aws:iam::111122223333:role/x' }, 'Code.ImageUri'],
    ['AWS::Serverless::Function', { PackageType: 'Image', ImageUri: IMAGE }, 'ImageUri'],
    ['AWS::AppRunner::Service', {
      SourceConfiguration: { ImageRepository: { ImageIdentifier: IMAGE, ImageRepositoryType: 'ECR' } },
    }, 'SourceConfiguration.ImageRepository.ImageIdentifier'],
    ['AWS::SageMaker::Model', { PrimaryContainer: { Image: IMAGE } }, 'PrimaryContainer.Image'],
  ];

  test.each(consumers)('%s: an error that says what it pulls from', (type, properties, path) => {
    const stack = checkedStack();
    new CfnResource(stack, 'Resource', { type, properties });
    authenticate(stack);
    expectSynthError(stack, 'serviceWithoutCredentials', IMAGE, path, type, 'Amazon ECR', 'Stack/Resource');
  });

  test.each<[type: string, properties: Record<string, unknown>]>([
    ['AWS::SageMaker::Model', { PrimaryContainer: { Image: IMAGE, ImageConfig: { RepositoryAccessMode: 'Vpc' } } }],
    ['AWS::Lambda::Function', { Code: { ImageUri: '111122223333.dkr.ecr.eu-west-1.amazonaws.com/x:1' } }],
    ['AWS::Lambda::Function', { Code: { ImageUri: 'quay.io/acme/x:1' } }],
    ['AWS::Lambda::Function', { Code: { ZipFile: 'x' } }],
    ['AWS::Lightsail::Container', { ContainerServiceDeployment: { Containers: [{ Image: 'nginx:1.27' }] } }],
  ])('%s %j: silence', (type, properties) => {
    const stack = checkedStack();
    new CfnResource(stack, 'Resource', { type, properties });
    authenticate(stack);
    Template.fromStack(stack).resourceCountIs(type, 1);
  });

  test('an exempt function is left alone', () => {
    const stack = checkedStack();
    const resource = new CfnResource(stack, 'Resource', { type: 'AWS::Lambda::Function', properties: { Code: { ImageUri: IMAGE } } });
    authenticate(stack);
    PrivateRegistries.exempt(resource);
    expect(synthError(stack)).toBeUndefined();
  });
});

test('a container that was authenticated and one of another registry that is lost', () => {
  const stack = checkedStack();
  const task = taskIn(stack, IMAGE);
  addAspect(stack, (construct) => {
    if (construct === task) {
      Stack.of(task).resolve(l1Of(task).containerDefinitions);
      task.addContainer('quay', { image: plain('quay.io/acme/x:1') });
    }
  });
  authenticate(stack);
  expect(pullsOf(stack)).toEqual({ [IMAGE]: GHCR_SECRET_ARN });
});
