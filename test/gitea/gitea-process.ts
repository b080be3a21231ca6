import { execFileSync, spawn, ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { listen } from '../registries/local-server';
import { startServers, tlsFiles } from '../registries/servers';
import { makeCertificate } from '../support/certificates';

const FOLDER = join(__dirname, '../../.gitea');
const PROGRAM = join(FOLDER, 'gitea');
const START_TIMEOUT = 90_000;

export interface Gitea {
  readonly host: string;
  /** The authority of its certificate. */
  readonly ca: string;
  addUser(username: string, password: string): void;
  /** An access token with these scopes and no others. */
  tokenFor(username: string, scopes: string): string;
  stop(): Promise<void>;
}

/** Starts Gitea over TLS, with a database of its own, in which users and what belongs to them are private. */
export async function startGitea(): Promise<Gitea> {
  return startServers('gitea-', async (directory, started) => {
    const certificate = makeCertificate(['localhost']);
    const config = join(directory, 'app.ini');
    const port = await freePort();
    writeFileSync(config, configuration(directory, port, tlsFiles(directory, certificate)));
    const gitea = (...args: string[]) => execFileSync(PROGRAM, ['--config', config, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
    gitea('migrate');
    await started(startServer(config));
    return {
      host: `localhost:${port}`,
      ca: certificate.ca,
      addUser: (username, password) => {
        gitea('admin', 'user', 'create', '--username', username, '--password', password, '--email', `${username}@example.com`, '--must-change-password=false');
      },
      // Lines of the log can stand beside it.
      tokenFor: (username, scopes) => /^[0-9a-f]{40}$/m.exec(
        gitea('admin', 'user', 'generate-access-token', '--username', username, '--token-name', scopes, '--scopes', scopes, '--raw'),
      )![0],
    };
  });
}

function configuration(directory: string, port: number, tls: { certificate: string; key: string }): string {
  const sections: Record<string, Record<string, string | number | boolean>> = {
    server: {
      PROTOCOL: 'https',
      ROOT_URL: `https://localhost:${port}/`,
      HTTP_ADDR: '127.0.0.1',
      HTTP_PORT: port,
      CERT_FILE: tls.certificate,
      KEY_FILE: tls.key,
      STATIC_ROOT_PATH: join(FOLDER, 'source'),
      DISABLE_SSH: true,
      OFFLINE_MODE: true,
    },
    database: { DB_TYPE: 'sqlite3', PATH: join(directory, 'gitea.db') },
    security: { INSTALL_LOCK: true, SECRET_KEY: 'of-no-use' },
    service: { DEFAULT_USER_VISIBILITY: 'private', DISABLE_REGISTRATION: true },
    log: { MODE: 'console', LEVEL: 'Info' },
  };
  return [
    `RUN_USER = ${userInfo().username}`,
    'I_AM_BEING_UNSAFE_RUNNING_AS_ROOT = true',
    `WORK_PATH = ${directory}`,
    ...Object.entries(sections).flatMap(([name, values]) => [`[${name}]`, ...Object.entries(values).map(([key, value]) => `${key} = ${value}`)]),
    '',
  ].join('\n');
}

/** Gitea has to know its port before it listens. */
async function freePort(): Promise<number> {
  const { port, stop } = await listen(createServer());
  await stop();
  return port;
}

async function startServer(config: string): Promise<{ stop(): Promise<void> }> {
  // The kernel ends the server with this process, however that ends.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', PROGRAM, '--config', config, 'web'], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await ready(child);
  } catch (error) {
    await end(child);
    throw error;
  }
  return { stop: () => end(child) };
}

function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    const giveUp = (reason: string) => reject(new Error(`Gitea did not start, ${reason}:\n${said.join('\n')}`));
    const timer = setTimeout(() => giveUp('it is silent'), START_TIMEOUT);
    const read = (line: string) => {
      said.push(line);
      if (/Starting new Web server: tcp:127\.0\.0\.1:/.test(line)) {
        clearTimeout(timer);
        resolve();
      }
    };
    [child.stdout!, child.stderr!].forEach((input) => createInterface({ input }).on('line', read));
    child.once('error', ({ message }) => giveUp(message));
    child.once('exit', (code) => {
      clearTimeout(timer);
      giveUp(`exit status ${code}`);
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
}
