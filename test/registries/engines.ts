import { Access } from './lab';
import { Credentials } from '../../src/runtime/check';
import { Engine, EngineName, Pulled } from '../engines/engine';

/** The engines of ECS, against the registries of a lab. */
export interface Engines {
  pull(name: EngineName, access: Access, image: string, credentials: Credentials, platform?: string): Promise<Pulled>;
}

export function useEngines(): () => Engines {
  const engines = { containerd: new Engine('containerd'), dockerd: new Engine('dockerd') };
  afterAll(async () => {
    await Promise.all(Object.values(engines).map((engine) => engine.stop()));
  });
  return () => ({
    pull: (name, { host, input }, image, { username, password }, platform = 'linux/amd64') =>
      engines[name].pull({ image: `${host}/${image}`, username, password, platform, ca: input.ca }),
  });
}
