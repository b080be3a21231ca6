import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from 'aws-cdk-lib/package.json';
import { CONFIGURATIONS } from './configurations';
import { templatesOf } from './synthesize';
import { peerDependencies } from '../../package.json';
import { FLAG_SETS } from '../support/synth';

/*
 * Run with UPDATE_TEMPLATES=1 to write the files, and read the difference before you commit it: from one release to the next
 * no task definition changes unless the changelog says so.
 */
const DIRECTORY = join(__dirname, 'templates');
const FLOOR = peerDependencies['aws-cdk-lib'].replace('^', '');

const [[, NO_FLAGS], [, RECOMMENDED_FLAGS]] = FLAG_SETS;
const SNAPSHOTS = [
  ...CONFIGURATIONS.map((configuration) => ({ ...configuration, flags: NO_FLAGS })),
  ...CONFIGURATIONS
    .filter(({ name }) => name === 'new-service')
    .map((configuration) => ({ ...configuration, name: `${configuration.name}-with-recommended-flags`, flags: RECOMMENDED_FLAGS })),
];

// Other versions of aws-cdk-lib write other templates.
const describeOnFloor = version === FLOOR ? describe : describe.skip;

describeOnFloor(`with aws-cdk-lib ${FLOOR}`, () => {
  test.each(SNAPSHOTS)('$name: the templates are the committed ones', (snapshot) => {
    const templates = templatesOf(snapshot, snapshot.flags);
    if (process.env.UPDATE_TEMPLATES) {
      write(snapshot.name, templates);
    }

    expect(templates).toEqual(committed(snapshot.name));
  });

  test('every committed template belongs to a configuration', () => {
    expect(readdirSync(DIRECTORY).sort()).toEqual(SNAPSHOTS.map(({ name }) => name).sort());
  });
});

function committed(name: string): Record<string, any> {
  const directory = join(DIRECTORY, name);
  return Object.fromEntries(readdirSync(directory).map((file) => [file, JSON.parse(readFileSync(join(directory, file), 'utf8'))]));
}

function write(name: string, templates: Record<string, any>): void {
  const directory = join(DIRECTORY, name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  for (const [file, template] of Object.entries(templates)) {
    writeFileSync(join(directory, file), `${JSON.stringify(template, undefined, 2)}\n`);
  }
}
