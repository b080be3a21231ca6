import { existsSync } from 'node:fs';
import { SOFTWARE } from './registries';
import { ENGINES, programOf } from '../engines/engine';

/** Says once what to do, instead of failing in every test with ENOENT. */
export default function requireInstalled(): void {
  const missing = [...SOFTWARE.map(({ command }) => command), ...ENGINES.map(programOf)].filter((command) => !existsSync(command));
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing; run scripts/registries/install.sh as root, and scripts/engines/install.sh`);
  }
}
