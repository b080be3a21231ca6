/** Where the tasks of the events run. */
export interface Place {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** An event, and whether the rule for the family is to match it. */
export interface EventShape {
  readonly what: string;
  readonly matches: boolean;
  readonly event: (family: string, place: Place) => object;
}

interface Container {
  readonly name?: string;
  readonly reason?: string;
  readonly exitCode?: number;
  readonly lastStatus?: string;
}

interface Task {
  readonly lastStatus?: string;
  readonly desiredStatus?: string;
  readonly stopCode?: string;
  readonly stoppedReason?: string;
  readonly containers?: Container[];
  readonly launchType?: string;
  readonly platformVersion?: string;
  readonly group?: string;
  readonly startedBy?: string;
  /** Of the family of the rule, if it has no other. */
  readonly family?: string;
  readonly revision?: number;
  readonly account?: string;
  readonly region?: string;
}

const FAILED = 'TaskFailedToStart';
const EXITED = 'EssentialContainerExited';
const RESOURCES = 'ResourceInitializationError: ';
const AUTH = `${RESOURCES}unable to pull secrets or registry auth: `;
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ghcr/pull-a1B2c3';
const NOT_AUTHORIZED = 'CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ghcr.io/acme/api:1.4.2: '
  + 'unexpected status from HEAD request to https://ghcr.io/v2/acme/api/manifests/1.4.2: 401 Unauthorized';
const ON_INSTANCE = 'CannotPullContainerError: Error response from daemon: Head "https://ghcr.io/v2/acme/api/manifests/1.4.2": unauthorized';
const INSTANCE = { launchType: 'EC2', platformVersion: undefined };
const EXTERNAL = { launchType: 'EXTERNAL', platformVersion: undefined };
const FARGATE_1_3 = { platformVersion: '1.3.0' };

/** Written by hand after the AWS documentation, the source code of the ECS agent and public reports. */
export const EVENT_SHAPES: EventShape[] = [
  // What cannot be pulled.
  pull('Fargate 1.4: the registry rejects the credentials', { stoppedReason: NOT_AUTHORIZED, containers: [{ reason: NOT_AUTHORIZED }] }),
  pull('Fargate 1.4: the image does not exist', { stoppedReason: 'CannotPullContainerError: ref pull has been retried 1 time(s): ghcr.io/acme/api@sha256:0123: not found' }),
  pull('Fargate 1.4: no route to the registry', { stoppedReason: 'CannotPullContainerError: dial tcp 140.82.121.33:443: i/o timeout' }),
  pull('Fargate 1.4: the rate limit of the registry', { stoppedReason: 'CannotPullContainerError: httpReadSeeker: failed open: unexpected status code: 429 toomanyrequests' }),
  pull('Fargate 1.4: the image has no manifest for the platform', { stoppedReason: 'CannotPullImageManifestError: image Manifest does not contain descriptor matching platform \'linux/amd64\'' }),
  pull('Fargate 1.4: a sidecar that is essential cannot be pulled', {
    stoppedReason: NOT_AUTHORIZED, containers: [{ name: 'app' }, { name: 'sidecar', reason: NOT_AUTHORIZED }],
  }),
  pull('Fargate 1.4: neither the image nor the sidecar of GuardDuty can be pulled', {
    stoppedReason: NOT_AUTHORIZED, containers: [{ name: 'aws-guardduty-agent-Ab12C', reason: 'CannotPullContainerError: 403' }, { reason: NOT_AUTHORIZED }],
  }),
  pull('Fargate 1.3: the image cannot be pulled', { ...FARGATE_1_3, stoppedReason: 'CannotPullContainerError: inspect image has been retried 1 time(s)' }),
  pull('Fargate: only the container has the reason', { stoppedReason: 'Task failed to start', containers: [{ reason: NOT_AUTHORIZED }] }),
  pull('Managed Instances: the image cannot be pulled', { launchType: 'MANAGED_INSTANCES', stoppedReason: 'Task failed to start', containers: [{ reason: NOT_AUTHORIZED }] }),
  pull('EC2: the image cannot be pulled', { ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: ON_INSTANCE }] }),
  pull('EC2: the manifest cannot be pulled', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: 'CannotPullImageManifestError: Error response from daemon: unauthorized' }],
  }),
  pull('EC2: no credentials for the pull', { ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: 'CannotPullContainerAuthError: no credentials' }] }),
  pull('EC2: an image of ECR beside it cannot be pulled', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ name: 'app' }, { name: 'sidecar', reason: 'CannotPullECRContainerError: AccessDeniedException' }],
  }),
  pull('EC2: the second of three containers cannot be pulled', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ name: 'one' }, { name: 'two', reason: ON_INSTANCE }, { name: 'three' }],
  }),
  pull('EC2: the registry does not answer the request for the manifest', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: 'DockerTimeoutError: Could not transition to MANIFEST_PULLED; timed out after waiting 1m0s' }],
  }),
  pull('EC2: the registry does not begin to send the image', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: 'DockerTimeoutError: Could not transition to pullBegin; timed out after waiting 5m0s' }],
  }),
  pull('EC2: the pull takes too long', {
    ...INSTANCE, stoppedReason: 'Task failed to start', containers: [{ reason: 'DockerTimeoutError: Could not transition to pulled; timed out after waiting 2h0m0s' }],
  }),
  pull('External: the image cannot be pulled', { ...EXTERNAL, stoppedReason: 'Task failed to start', containers: [{ reason: ON_INSTANCE }] }),

  // What cannot be pulled because the credentials cannot be read.
  pull('Fargate 1.4: the role cannot read the secret', {
    stoppedReason: `${AUTH}execution resource retrieval failed: unable to get registry auth from asm: service call has been retried 1 time(s): `
      + `asm fetching secret from the service for ${SECRET}: AccessDeniedException`,
  }),
  pull('Fargate 1.4: no route to Secrets Manager', { stoppedReason: `${AUTH}pull command failed: : signal: killed` }),
  pull('Fargate 1.4: no login at ECR for an image beside it', { stoppedReason: `${AUTH}The task cannot pull registry auth from Amazon ECR: There is a connection issue` }),
  pull('Fargate 1.3: the secret cannot be read', {
    ...FARGATE_1_3, stoppedReason: `Fetching secret data from AWS Secrets Manager in region eu-west-1: secret ${SECRET}: AccessDeniedException`,
  }),
  pull('Fargate 1.3: the role cannot read the secret', { ...FARGATE_1_3, stoppedReason: `Asm fetching secret from the service for ${SECRET}: AccessDeniedException` }),
  pull('EC2: the role cannot read the secret', { ...INSTANCE, stoppedReason: `Asm fetching secret from the service for ${SECRET}: AccessDeniedException` }),
  pull('EC2: the role cannot read the secret, in the words of the agent', {
    ...INSTANCE, stoppedReason: `asm fetching secret from the service for ${SECRET}: AccessDeniedException`,
  }),
  pull('EC2: the secret has another form', { ...INSTANCE, stoppedReason: 'Asm fetching authorization data: unable to unmarshal secret value, invalid schema' }),
  pull('EC2: the secret does not exist', {
    ...INSTANCE, stoppedReason: `${RESOURCES}The task can't retrieve the secret with ARN '${SECRET}' from AWS Secrets Manager. Check that the secret ARN is correct.`,
  }),
  pull('External: the agent has no credentials of the role', { ...EXTERNAL, stoppedReason: 'asm resource: unable to find execution role credentials' }),
  pull('External: the agent has no client for Secrets Manager', { ...EXTERNAL, stoppedReason: 'Unable to create ASM client: no Region' }),
  pull('External: the agent has no client for Secrets Manager, in its words', { ...EXTERNAL, stoppedReason: 'unable to create ASM client: no Region' }),
  pull('Fargate 1.4: a secret of the application cannot be read', {
    stoppedReason: `${AUTH}execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s)`,
  }),
  pull('Fargate 1.4: a parameter of the application cannot be read', { stoppedReason: `${AUTH}execution resource retrieval failed: unable to retrieve secrets from ssm: AccessDeniedException` }),

  // Who starts the task does not matter.
  pull('a rollback to an older revision', { stoppedReason: NOT_AUTHORIZED, revision: 3 }),
  pull('a revision with more digits', { stoppedReason: NOT_AUTHORIZED, revision: 1042 }),
  pull('a scheduled task', { stoppedReason: NOT_AUTHORIZED, group: 'nightly', startedBy: 'events-rule/nightly' }),
  pull('a task of Step Functions', { stoppedReason: NOT_AUTHORIZED, group: 'family:job', startedBy: 'AWS Step Functions' }),
  pull('a task that somebody ran by hand', { stoppedReason: NOT_AUTHORIZED, startedBy: undefined }),
  pull('a task set of CodeDeploy', { stoppedReason: NOT_AUTHORIZED, startedBy: 'ecs-svc/1234567890123456789' }),

  // The same task, before it is stopped.
  other('the same task in DEPROVISIONING', { lastStatus: 'DEPROVISIONING', stoppedReason: NOT_AUTHORIZED, stopCode: FAILED }),
  other('the same task in PENDING', { lastStatus: 'PENDING', desiredStatus: 'RUNNING' }),
  other('EC2: a sidecar that is not essential cannot be pulled, and the task runs', {
    ...INSTANCE, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', containers: [{ name: 'app', lastStatus: 'RUNNING' }, { name: 'sidecar', reason: ON_INSTANCE }],
  }),
  other('EC2: the pull fails, and the image that is there runs', { ...INSTANCE, lastStatus: 'RUNNING', desiredStatus: 'RUNNING', containers: [{ reason: ON_INSTANCE }] }),

  // Tasks that stop for other reasons.
  other('the task of that sidecar ends', {
    ...INSTANCE, stopCode: EXITED, stoppedReason: 'Essential container in task exited', containers: [{ name: 'app', exitCode: 0 }, { name: 'sidecar', reason: ON_INSTANCE }],
  }),
  other('the sidecar of GuardDuty could not be pulled, and the task ends', {
    stopCode: EXITED, stoppedReason: 'Essential container in task exited', containers: [{ exitCode: 0 }, { name: 'aws-guardduty-agent-Ab12C', reason: 'CannotPullContainerError: 403' }],
  }),
  other('the sidecar of GuardDuty could not be pulled, and the application cannot start', {
    stopCode: FAILED,
    stoppedReason: 'CannotStartContainerError: exec: "api": executable file not found',
    containers: [{ reason: 'CannotStartContainerError: exec' }, { name: 'aws-guardduty-agent-Ab12C', reason: 'CannotPullContainerError: 403' }],
  }),
  other('the image is pulled, and the application exits', { stopCode: EXITED, stoppedReason: 'Essential container in task exited', containers: [{ exitCode: 1 }] }),
  other('the application exits with a text about a pull', {
    stopCode: EXITED, stoppedReason: 'Essential container in task exited', containers: [{ exitCode: 1, reason: 'OutOfMemoryError: CannotPullContainerError' }],
  }),
  other('EC2: a sidecar cannot be started', {
    ...INSTANCE, stopCode: FAILED, stoppedReason: 'Task failed to start', containers: [{ name: 'app' }, { name: 'sidecar', reason: 'CannotStartContainerError: port is already allocated' }],
  }),
  other('EC2: a container is not created in time', {
    ...INSTANCE, stopCode: FAILED, stoppedReason: 'Task failed to start', containers: [{ reason: 'DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s' }],
  }),
  other('EC2: a volume cannot be created', { ...INSTANCE, stopCode: FAILED, stoppedReason: 'Task failed to start', containers: [{ reason: 'CannotCreateVolumeError: no space left' }] }),
  other('the file system of EFS cannot be mounted', { stopCode: FAILED, stoppedReason: `${RESOURCES}failed to invoke EFS utils commands to set up EFS volumes: mount.nfs4: Connection timed out` }),
  other('the log driver cannot be set up', {
    stopCode: FAILED, stoppedReason: `${RESOURCES}failed to validate logger args: The task cannot find the Amazon CloudWatch log group defined in the task definition`,
  }),
  other('an environment file cannot be downloaded', { stopCode: FAILED, stoppedReason: `${RESOURCES}failed to download env files: file download command: non empty error stream` }),
  other('the network interface of the task cannot be created', { stopCode: FAILED, stoppedReason: 'Timeout waiting for network interface provisioning to complete.' }),
  other('the health checks of the load balancer fail', { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Task failed ELB health checks in (target-group arn:...)' }),
  other('the service scales in', { stopCode: 'ServiceSchedulerInitiated', stoppedReason: 'Scaling activity initiated by (deployment ecs-svc/123)' }),
  other('somebody stops the task', { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user' }),
  other('somebody stops the task during a pull that fails', { stopCode: 'UserInitiated', stoppedReason: 'Task stopped by user', containers: [{ reason: NOT_AUTHORIZED }] }),
  other('a Spot interruption', { stopCode: 'SpotInterruption', stoppedReason: 'Your Spot Task was interrupted.' }),
  other('the host of the task fails', { stopCode: 'InfrastructureHealth', stoppedReason: 'Host EC2 (instance i-0) terminated.' }),
  other('a task that stops without a reason', { stopCode: undefined, stoppedReason: undefined, containers: undefined }),

  // Other tasks, and other events.
  other('a family that begins with the same words', { stoppedReason: NOT_AUTHORIZED, stopCode: FAILED, family: 'FAMILY-worker' }),
  other('a family that is a part of the name', { stoppedReason: NOT_AUTHORIZED, stopCode: FAILED, family: 'my-FAMILY' }),
  other('the same family in another account', { stoppedReason: NOT_AUTHORIZED, stopCode: FAILED, account: '444455556666' }),
  other('the same family in another Region', { stoppedReason: NOT_AUTHORIZED, stopCode: FAILED, region: 'eu-central-1' }),
  otherEvent('a deployment that failed', {
    'source': 'aws.ecs', 'detail-type': 'ECS Deployment State Change', 'detail': { eventName: 'SERVICE_DEPLOYMENT_FAILED', reason: 'CannotPullContainerError' },
  }),
  otherEvent('a service that cannot start tasks', { 'source': 'aws.ecs', 'detail-type': 'ECS Service Action', 'detail': { eventName: 'SERVICE_TASK_START_IMPAIRED' } }),
  otherEvent('a job of AWS Batch whose image cannot be pulled', {
    'source': 'aws.batch', 'detail-type': 'Batch Job State Change', 'detail': { status: 'FAILED', statusReason: 'Task failed to start', container: { reason: NOT_AUTHORIZED } },
  }),
  {
    what: 'an event of another source with the same content',
    matches: false,
    event: (family, place) => ({ ...stateChange({ stoppedReason: NOT_AUTHORIZED, stopCode: FAILED }, family, place), source: 'acme.test' }),
  },
];

function pull(what: string, task: Task): EventShape {
  return { what, matches: true, event: (family, place) => stateChange({ stopCode: FAILED, ...task }, family, place) };
}

function other(what: string, task: Task): EventShape {
  return { what, matches: false, event: (family, place) => stateChange(task, family, place) };
}

function otherEvent(what: string, event: object): EventShape {
  return { what, matches: false, event: (_family, { account, region }) => ({ version: '0', id: '9bcdac79-b31f-4d3d-9410-fbd727c29fab', account, region, ...event }) };
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_task_events.html */
function stateChange(task: Task, ownFamily: string, place: Place): object {
  const { account, region } = { ...place, ...task };
  const arn = (resource: string) => `arn:${place.partition}:ecs:${region}:${account}:${resource}`;
  const { family = 'FAMILY', revision = 7, containers = [{}], account: _account, region: _region, ...own } = task;
  const taskArn = arn('task/apps/0123456789abcdef0123456789abcdef');
  return {
    'version': '0',
    'id': '9bcdac79-b31f-4d3d-9410-fbd727c29fab',
    'detail-type': 'ECS Task State Change',
    'source': 'aws.ecs',
    account,
    'time': '2026-11-26T03:12:00Z',
    region,
    'resources': [taskArn],
    'detail': {
      lastStatus: 'STOPPED',
      desiredStatus: 'STOPPED',
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
      group: 'service:api',
      startedBy: 'ecs-svc/0123456789012345678',
      ...own,
      taskArn,
      clusterArn: arn('cluster/apps'),
      taskDefinitionArn: arn(`task-definition/${family.replace('FAMILY', ownFamily)}:${revision}`),
      containers: containers.map((container) => ({ containerArn: arn('container/0123'), name: 'app', image: 'ghcr.io/acme/api:1.4.2', lastStatus: 'STOPPED', taskArn, ...container })),
      version: 4,
    },
  };
}
