import { existsSync } from 'node:fs';
import { ENGINES, programOf } from './engine';

/** Says once what to do, instead of failing in every test with ENOENT. */
export default function requireInstalled(): void {
  const missing = ENGINES.map(programOf).filter((program) => !existsSync(program));
  if (missing.length > 0) {
    throw new Error(`${missing.join(', ')} missing; run scripts/engines/install.sh`);
  }
}
