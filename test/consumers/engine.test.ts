import { engineOfJob, engineOfTask, platformOf } from '../../src/consumers/engine';

test.each<[launchTypes: unknown, ofTask: string | undefined, ofJob: string | undefined]>([
  [['FARGATE'], 'containerd', 'containerd'],
  [['EC2'], 'dockerd', 'dockerd'],
  [['EC2', 'EXTERNAL'], 'dockerd', 'dockerd'],
  [['EC2', 'FARGATE'], undefined, undefined],
  [['MANAGED_INSTANCES'], undefined, undefined],
  [[{ Ref: 'LaunchType' }], undefined, undefined],
  [{ Ref: 'LaunchTypes' }, undefined, undefined],
  ['${LaunchTypes}', undefined, undefined],
  [[], undefined, undefined],
  [undefined, undefined, 'dockerd'],
])('%j is the engine %s of a task, and %s of a job', (launchTypes, ofTask, ofJob) => {
  expect(engineOfTask(launchTypes)).toBe(ofTask);
  expect(engineOfJob(launchTypes)).toBe(ofJob);
});

test.each<[runtimePlatform: unknown, onFargate: string | undefined, elsewhere: string | undefined]>([
  [undefined, 'linux/amd64', undefined],
  [{}, 'linux/amd64', undefined],
  [{ CpuArchitecture: 'ARM64' }, 'linux/arm64', 'linux/arm64'],
  [{ CpuArchitecture: 'X86_64' }, 'linux/amd64', undefined],
  [{ CpuArchitecture: 'X86_64', OperatingSystemFamily: 'WINDOWS_SERVER_2022_CORE' }, 'windows/amd64', 'windows/amd64'],
  [{ OperatingSystemFamily: 'LINUX' }, 'linux/amd64', undefined],
  [{ CpuArchitecture: { Ref: 'Cpu' } }, undefined, undefined],
  [{ CpuArchitecture: 'constructor', OperatingSystemFamily: 'LINUX' }, undefined, undefined],
  [{ CpuArchitecture: 'ARM64', OperatingSystemFamily: '${Family}' }, undefined, undefined],
  [{ Ref: 'Platform' }, undefined, undefined],
  [{ 'Fn::If': ['IsArm', {}, {}] }, undefined, undefined],
  ['${Platform}', undefined, undefined],
  [null, undefined, undefined],
])('%j is the platform %s on Fargate, and %s elsewhere', (runtimePlatform, onFargate, elsewhere) => {
  expect(platformOf(runtimePlatform, 'containerd')).toBe(onFargate);
  expect(platformOf(runtimePlatform, 'dockerd')).toBe(elsewhere);
});
