import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, run, scratchDirectory } from './run';

/**
 * Compares the public API, as it was compiled last, with that of the last tag `v*`, which is built in a worktree of its own.
 * Throws for a change that breaks users, unless its key is in `.compatignore`.
 */
export function compareWithLastTag(): string {
  const tags = run('git', ['tag', '--list', 'v[0-9]*', '--merged', 'HEAD', '--sort=-version:refname']).split('\n').filter(Boolean);
  if (tags.length === 0) {
    return 'there is no tag yet, and nothing to compare with';
  }
  const directory = scratchDirectory();
  const worktree = join(directory, 'last-tag');
  try {
    run('git', ['worktree', 'add', '--detach', worktree, tags[0]]);
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: worktree });
    run(join(worktree, 'node_modules', '.bin', 'jsii'), [], { cwd: worktree });
    // Without `all`, a change of an experimental API is no error.
    run('jsii-diff', [worktree, REPOSITORY, '--keys', '--ignore-file', join(REPOSITORY, '.compatignore'), '--error-on', 'all']);
    return `compatible with ${tags[0]}`;
  } finally {
    rmSync(directory, { recursive: true });
    run('git', ['worktree', 'prune']);
  }
}
