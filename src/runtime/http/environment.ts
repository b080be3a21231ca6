import { lookup } from 'node:dns';
import { LookupFunction } from 'node:net';

/** What a check takes from the world around it, so that tests need neither time nor luck. */
export interface CheckEnvironment {
  readonly lookup: LookupFunction;
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** At least 0 and less than 1. */
  random(): number;
  /** Where to connect to instead of the URL's host and port (as curl's `--connect-to`); name and certificate stay the URL's. */
  connectTo?(url: URL): { readonly host: string; readonly port: number } | undefined;
}

export const REAL_ENVIRONMENT: CheckEnvironment = {
  now: Date.now,
  sleep: async (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
  lookup: lookup as LookupFunction,
};
