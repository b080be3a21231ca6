import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inApp, Language } from './language';
import { EVERYWHERE, fileIn, REPOSITORY, start } from '../run';

const { devDependencies, jsii } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8'));
const { moduleName, packageName } = jsii.targets.go;

const TYPESCRIPT: Language = {
  name: 'TypeScript',
  folder: 'typescript',
  bin: 'node_modules/.bin',
  walkthrough: { file: 'walkthrough.ts', target: 'walkthrough.ts', command: 'ts-node --transpile-only walkthrough.ts' },
  uncaught: 'Error [PrivateRegistryError]: ',
  async pack(dist) {
    mkdirSync(join(dist, 'js'), { recursive: true });
    await start('npm', ['pack', '--pack-destination', join(dist, 'js')]);
  },
  async install(app, dist) {
    const pins = Object.entries({ ...EVERYWHERE, 'aws-cdk': devDependencies['aws-cdk'] }).map(([name, version]) => `${name}@${version}`);
    await start('npm', ['install', '--no-audit', '--no-fund', fileIn(join(dist, 'js'), '.tgz'), ...pins], inApp(app));
    await start('tsc', [], inApp(app, 'node_modules/.bin'));
  },
};

const PYTHON: Language = {
  name: 'Python',
  folder: 'python',
  bin: '.venv/bin',
  walkthrough: { file: 'walkthrough.py', target: 'walkthrough.py', command: 'python3 walkthrough.py' },
  uncaught: 'RuntimeError: ',
  async pack(dist) {
    await pacmak('python', dist);
  },
  async install(app, dist) {
    await start('python3', ['-m', 'venv', '.venv'], { cwd: app });
    const pins = Object.entries(EVERYWHERE).map(([name, version]) => `${name}==${version}`);
    const wheel = fileIn(join(dist, 'python'), '.whl');
    await start('pip', ['install', '--quiet', '--requirement', 'requirements.txt', wheel, ...pins], inApp(app, '.venv/bin'));
  },
};

const JAVA: Language = {
  name: 'Java',
  folder: 'java',
  walkthrough: {
    file: 'Walkthrough.java',
    target: 'src/main/java/com/acme/Walkthrough.java',
    // exec:java would run the class that the pom names.
    command: 'mvn -e -q compile exec:exec -Dexec.executable=java "-Dexec.args=-cp %classpath com.acme.Walkthrough"',
  },
  uncaught: 'software.amazon.jsii.JsiiError: ',
  async pack(dist) {
    await pacmak('java', dist, '--maven-local-repository', join(dist, 'm2'));
    // Maven leaves it there, too: the app shall have it from where it was deployed.
    rmSync(join(dist, 'm2', ...jsii.targets.java.maven.groupId.split('.')), { recursive: true });
  },
  async install(app, dist) {
    writeFileSync(join(dist, 'settings.xml'), mavenSettings(join(dist, 'm2'), join(dist, 'java')));
    mkdirSync(join(app, '.mvn'));
    writeFileSync(join(app, '.mvn', 'maven.config'), `--settings=${join(dist, 'settings.xml')}\n`);
    await start('mvn', ['--quiet', '--batch-mode', 'compile'], inApp(app));
  },
};

const GO: Language = {
  name: 'Go',
  folder: 'go',
  walkthrough: { file: 'main.go', target: 'walkthrough/main.go', command: 'go run ./walkthrough' },
  uncaught: 'panic: ',
  async pack(dist) {
    // A Go module is its sources. Building them here would compile the oldest aws-cdk-go as well.
    await pacmak('go', dist, '--code-only');
  },
  async install(app, dist) {
    const unformatted = await start('gofmt', ['-l', '.'], inApp(app));
    if (unformatted) {
      throw new Error(`gofmt would change ${unformatted}`);
    }
    await start('go', ['mod', 'edit', `-replace=${moduleName}/${packageName}=${join(dist, 'go', packageName)}`], inApp(app));
    await start('go', ['mod', 'tidy'], inApp(app));
    await start('go', ['build', './...'], inApp(app));
  },
};

/** The first is what the others are compared with. */
export const LANGUAGES = [TYPESCRIPT, PYTHON, JAVA, GO];

export async function pacmak(target: string, dist: string, ...options: string[]): Promise<void> {
  await start('jsii-pacmak', ['--target', target, '--outdir', dist, ...options]);
}

function mavenSettings(localRepository: string, packed: string): string {
  return `<settings>
  <localRepository>${localRepository}</localRepository>
  <profiles>
    <profile>
      <id>packed</id>
      <repositories><repository><id>packed</id><url>file://${packed}</url></repository></repositories>
    </profile>
  </profiles>
  <activeProfiles><activeProfile>packed</activeProfile></activeProfiles>
</settings>
`;
}
