import { FilesReport } from './files-process';
import { inNewProcess, LIBRARY } from './workers';

let files: FilesReport | undefined;

export function filesOfCdk(): FilesReport {
  files ??= inNewProcess<FilesReport>('files-process', { library: LIBRARY });
  return files;
}
