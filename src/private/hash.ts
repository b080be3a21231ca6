import { createHash } from 'node:crypto';

/**
 * Tells one value from another in an id: 64 bits, since a collision would go unnoticed.
 */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
