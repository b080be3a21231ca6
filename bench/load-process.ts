import { stopwatch } from './stopwatch';

/** Loads some files, and then one that needs them. */
export interface LoadOrder {
  readonly needed: readonly string[];
  readonly file: string;
}

/** Milliseconds. */
export interface LoadReport {
  readonly needed: number;
  /** Of the needed files and the one. */
  readonly all: number;
}

/* eslint-disable @typescript-eslint/no-require-imports */
function main({ needed, file }: LoadOrder): LoadReport {
  const stop = stopwatch();
  needed.forEach((one) => require(one));
  const before = stop();
  require(file);
  return { needed: before, all: stop() };
}

console.log(JSON.stringify(main(JSON.parse(process.argv[2]))));
