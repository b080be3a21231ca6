import { join } from 'node:path';

const BIN = join(__dirname, '../../.registries/bin');

/** A registry's software, as scripts/registries/install.sh has put it on this machine. */
export interface Software {
  readonly name: 'distribution 2.8' | 'distribution 3';
  readonly command: string;
}

export const DISTRIBUTION_2: Software = { name: 'distribution 2.8', command: '/usr/bin/docker-registry' };
export const DISTRIBUTION_3: Software = { name: 'distribution 3', command: join(BIN, 'distribution') };
export const SOFTWARE = [DISTRIBUTION_2, DISTRIBUTION_3];

export const CRANE = join(BIN, 'crane');
