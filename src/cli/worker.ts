/** The process that `bin` starts for one call, and ends when this has sent the exit code. */
import { report, run } from './main';

function end(code: number): void {
  process.send?.(code);
}

// The callback of each write gets the error as well.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
process.on('uncaughtException', (error) => void report(error).then(end));
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'));
void run(process.argv.slice(2)).then(end);
