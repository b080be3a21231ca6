import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DefaultStackSynthesizer } from 'aws-cdk-lib';
import { Configuration } from './configurations';
import { CHECKED, newApp } from '../support/synth';

/** A file of a cloud assembly. */
export interface AssemblyFile {
  /** The path inside the assembly. */
  readonly path: string;
  readonly text: string;
}

/** Everything that `cdk synth` writes for a configuration. */
export function synthesize({ define }: Pick<Configuration, 'define'>, flags: Record<string, unknown>): AssemblyFile[] {
  const outdir = mkdtempSync(join(tmpdir(), 'assembly-'));
  try {
    const app = newApp({ ...flags, ...CHECKED }, {
      outdir,
      treeMetadata: true,
      // The rule that looks at the version of the bootstrap stack is the same in every template.
      defaultStackSynthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }),
    });
    define(app);
    app.synth();
    return readdirSync(outdir, { recursive: true, encoding: 'utf8' })
      .filter((path) => statSync(join(outdir, path)).isFile())
      .map((path) => ({ path, text: readFileSync(join(outdir, path), 'utf8') }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

/** The templates of a configuration by the name of their file, as `cdk synth` writes them but for the hashes of assets. */
export function templatesOf(configuration: Configuration, flags: Record<string, unknown>): Record<string, any> {
  return Object.fromEntries(synthesize(configuration, flags)
    .filter(({ path }) => path.endsWith('.template.json'))
    .map(({ path, text }) => [basename(path), JSON.parse(text.replace(/\b[0-9a-f]{64}(?=\.(?:zip|json)\b)/g, 'HASH'))]));
}
