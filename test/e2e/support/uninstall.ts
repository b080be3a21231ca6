import { rmSync } from 'node:fs';

export default function uninstall(): void {
  if (process.env.E2E_SCRATCH) {
    rmSync(process.env.E2E_SCRATCH, { recursive: true, force: true });
  }
}
