import { inNewProcess, LIBRARY } from './workers';

let files: readonly string[] | undefined;

/** The files of aws-cdk-lib, and of what that needs, that a service needs. */
export function filesOfCdk(): readonly string[] {
  files ??= inNewProcess<string[]>('files-process', { library: LIBRARY });
  return files;
}
