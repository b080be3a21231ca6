import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Cloud } from './cloud';
import { Engine } from './engine';
import { Registry } from './registry';

/** A registry, a container engine and an account of AWS that runs its tasks by that engine. */
export class World {
  public static async start(options: { readonly iam: boolean }): Promise<World> {
    const world = new World(mkdtempSync(join(tmpdir(), 'world-')));
    try {
      world.registry = await Registry.start(world.directory);
      const { certificateAuthority } = world.registry;
      world.engine = await Engine.start(world.directory, certificateAuthority);
      world.cloud = await Cloud.start(world.directory, { ...options, certificateAuthority, engine: world.engine.socket });
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  public registry!: Registry;
  public engine!: Engine;
  public cloud!: Cloud;

  private constructor(private readonly directory: string) {}

  public async stop(): Promise<void> {
    await this.cloud?.stop();
    await this.engine?.stop();
    await this.registry?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
