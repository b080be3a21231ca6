import { lookup } from 'node:dns';
import { LookupFunction } from 'node:net';

/** Everything a check needs from the outside, so that tests depend neither on time nor on chance. */
export interface CheckEnvironment {
  readonly lookup: LookupFunction;
  /** Milliseconds since the epoch. */
  now(): number;
  sleep(ms: number): Promise<void>;
  /** Calls back once after this time, unless the returned function is called first. */
  startTimer(ms: number, callback: () => void): () => void;
  /** At least 0 and less than 1. */
  random(): number;
  /** Where to connect instead of the URL's host and port (like curl's `--connect-to`); name and certificate stay the URL's. */
  connectTo?(url: URL): { readonly host: string; readonly port: number } | undefined;
}

export const REAL_ENVIRONMENT: CheckEnvironment = {
  now: () => Date.now(),
  sleep: async (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  startTimer: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
  lookup: lookup as LookupFunction,
};
