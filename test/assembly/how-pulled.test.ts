import { imagesIn } from '../../src/assembly/app-images';
import { Template } from '../../src/assembly/template';

const ARM = { RuntimePlatform: { CpuArchitecture: 'ARM64' } };

/** How the images of a resource are pulled. */
function pulls(type: string, properties: object): unknown[] {
  const template = new Template('Main', { Resources: { Resource: { Type: type, Properties: properties } } }, {}, new Map());
  return imagesIn({ stacks: [{ template, pathOf: () => undefined }], unread: [] }).map(({ howPulled }) => howPulled);
}

const job = (properties: object) => pulls('AWS::Batch::JobDefinition', properties);
const task = (properties: object) => pulls('AWS::ECS::TaskDefinition', { ContainerDefinitions: [{ Image: 'acme/api:1' }], ...properties });
const container = { Image: 'acme/job:1' };
const tasks = (platform: object = {}) => ({ EcsProperties: { TaskProperties: [{ Containers: [container, container], ...platform }] } });
const FARGATE = { PlatformCapabilities: ['FARGATE'] };

test.each<[what: string, howPulled: unknown[], engine: string | undefined, platform: string | undefined]>([
  ['a job on EC2, which is the default', job({ ContainerProperties: container }), 'dockerd', undefined],
  ['a job that EC2 runs', job({ PlatformCapabilities: ['EC2'], ContainerProperties: { ...container, ...ARM } }), 'dockerd', 'linux/arm64'],
  ['a job whose capabilities are omitted', job({ PlatformCapabilities: { Ref: 'AWS::NoValue' }, ContainerProperties: container }), 'dockerd', undefined],
  ['a job whose capabilities only the deployment knows', job({ PlatformCapabilities: { Ref: 'Types' }, ContainerProperties: container }), undefined, undefined],
  ['a job on Fargate', job({ ...FARGATE, ContainerProperties: container }), 'containerd', 'linux/amd64'],
  ['a job on Fargate and ARM', job({ ...FARGATE, ContainerProperties: { ...container, ...ARM } }), 'containerd', 'linux/arm64'],
  ['the containers of a job on Fargate', job({ ...FARGATE, ...tasks() }), 'containerd', 'linux/amd64'],
  ['the containers of a job on Fargate and ARM', job({ ...FARGATE, ...tasks(ARM) }), 'containerd', 'linux/arm64'],
  ['a node of a job', job({ NodeProperties: { NodeRangeProperties: [{ Container: { ...container, ...ARM } }] } }), 'dockerd', 'linux/arm64'],
  ['the containers of a node', job({ NodeProperties: { NodeRangeProperties: [tasks(ARM)] } }), 'dockerd', 'linux/arm64'],
  ['a task that allows everything', task({}), undefined, undefined],
  ['a task on Fargate', task({ RequiresCompatibilities: ['FARGATE'] }), 'containerd', 'linux/amd64'],
  ['a task whose processor only the deployment knows', task({ RequiresCompatibilities: ['FARGATE'], RuntimePlatform: { CpuArchitecture: { Ref: 'Cpu' } } }), 'containerd', undefined],
  ['a task whose platform only the deployment knows', task({ RequiresCompatibilities: ['FARGATE'], RuntimePlatform: { Ref: 'Platform' } }), 'containerd', undefined],
  ['a task whose launch type only the deployment knows', task({ RequiresCompatibilities: [{ Ref: 'Type' }], ...ARM }), undefined, 'linux/arm64'],
])('%s', (_, howPulled, engine, platform) => {
  expect(howPulled.length).toBeGreaterThan(0);
  expect(new Set(howPulled.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify({ engine, platform })]));
});

test('what the check of an image says comes before what the task says', () => {
  const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
  const secret = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
  const checkWith = (properties: object) => ({
    Type: 'Custom::PrivateRegistryPullCheck', Properties: { Image: 'registry.example.com/api:1', Secret: secret, Engine: 'dockerd', ...properties },
  });
  const Task = {
    Type: 'AWS::ECS::TaskDefinition',
    DependsOn: ['Check'],
    Properties: {
      RequiresCompatibilities: ['FARGATE'],
      ContainerDefinitions: [{ Image: { 'Fn::GetAtt': ['Check', 'Image'] }, RepositoryCredentials: { CredentialsParameter: secret } }],
    },
  };
  const Check = checkWith({
    Platform: ['linux/amd64', { Ref: 'Other' }],
    Registry: 'harbor',
    AuthHost: { 'Fn::Sub': 'auth.${Domain}' },
    CaCertificate: PEM,
    RestrictedNetwork: 'true',
    AskExpiry: 'false',
  });
  const template = new Template('Main', { Resources: { Other: checkWith({ Registry: 'nexus' }), Check, Task } }, {}, new Map());
  const [image] = imagesIn({ stacks: [{ template, pathOf: () => 'Main/Task' }], unread: [] });
  expect(image).toMatchObject({ image: 'registry.example.com/api:1', secret, authentication: 'secret', path: 'Main/Task', isCertain: true });
  expect(image.howPulled).toEqual({
    platform: ['linux/amd64'], engine: 'dockerd', registry: 'harbor', authHost: undefined, ca: PEM, restrictedNetwork: true, askExpiry: false,
  });
});
