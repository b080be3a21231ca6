// Synthesizes the configurations of test/snapshots/ with the packed library, each to a directory of its own.
const { join } = require('path');
const { synthesize } = require('./synthesize');
const { CONFIGURATIONS } = require('./test/snapshots/configurations');
const { CHECKED, FLAG_SETS, newApp } = require('./test/support/synth');

const [, RECOMMENDED_FLAGS] = FLAG_SETS[1];

for (const { name, define } of CONFIGURATIONS) {
  const app = newApp({ ...RECOMMENDED_FLAGS, ...CHECKED }, { outdir: join(process.argv[2], name) });
  define(app);
  synthesize(app);
}
