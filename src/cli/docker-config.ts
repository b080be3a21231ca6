import { homedir } from 'node:os';
import { join } from 'node:path';
import { Login } from './login';
import { readTextFile } from './streams';
import { fileOption, oneLine, UsageError } from './usage';
import { ImageReference } from '../reference/image-reference';
import { withoutDefaultPort } from '../registries/registries';
import { Credentials, isObject, NO_LOGIN, parseJson } from '../runtime/check';

/** What a login can be. Older versions of Docker leave an entry with empty texts behind. */
const KEYS = ['auth', 'username', 'password', 'identitytoken', 'registrytoken'];

export function defaultDockerConfig(): string {
  return join(process.env.DOCKER_CONFIG || join(home(), '.docker'), 'config.json');
}

/** A user of a container can have none. */
function home(): string {
  try {
    return homedir();
  } catch {
    throw new UsageError('the home directory of this user is not known, expected --docker-config with a file');
  }
}

/** The logins that a configuration file of Docker has itself. No program is run: a credential helper can be any. */
export class DockerConfig {
  public static async read(file: string, signal: AbortSignal): Promise<DockerConfig> {
    const json = parseJson(await readTextFile(file, fileOption('--docker-config', file), signal));
    if (!isObject(json)) {
      throw new UsageError(`--docker-config ${oneLine(file)} is not a JSON object, expected the config.json of Docker`);
    }
    return new DockerConfig(oneLine(file), json);
  }

  private constructor(private readonly file: string, private readonly json: Record<string, unknown>) {}

  /** The login that Docker would use for this image. Without one, Docker pulls without. */
  public loginFor(image: ImageReference): Login {
    const { host } = image;
    const helper = this.helperFor(image);
    if (helper !== undefined) {
      throw new UsageError(`the login for ${host} is in the credential helper ${oneLine(helper)} of ${this.file}, which is not run; `
        + 'pass it with --username and --password-stdin');
    }
    const entry = best(entriesFor(image, this.json.auths));
    if (!isObject(entry) || !KEYS.some((key) => entry[key])) {
      return { name: `a client without a login (${this.file} has none for ${host})`, read: async () => NO_LOGIN };
    }
    const credentials = this.credentialsIn(entry, host);
    return { name: `the login for ${host} in ${this.file}`, note: 'the secret of the tasks was not read', read: async () => credentials };
  }

  /** As Docker decides: the helper of the host, which can be none, then that of all hosts. */
  private helperFor(image: ImageReference): string | undefined {
    const helper = best(entriesFor(image, this.json.credHelpers)) ?? this.json.credsStore;
    return typeof helper === 'string' && helper !== '' ? helper : undefined;
  }

  private credentialsIn(entry: Record<string, unknown>, host: string): Credentials {
    const { auth, identitytoken, registrytoken } = entry;
    if (identitytoken || registrytoken) {
      throw new UsageError(`the login for ${host} in ${this.file} is a token of an interactive login, which a secret cannot hold; pass a user name and a password`);
    }
    const [, username, password] = auth ? /^([^:]*):([\s\S]*?)\0*$/.exec(Buffer.from(String(auth), 'base64').toString()) ?? [] : ['', entry.username, entry.password];
    if (typeof username !== 'string' || typeof password !== 'string' || username === '' || password === '') {
      throw new UsageError(`the login for ${host} in ${this.file} has no user name and password, expected "auth" in base64, or "username" and "password"; run docker login ${host}`);
    }
    return { username, password };
  }
}

interface Entry {
  /** How much of the repository the key names, which is none for a key that is a host. */
  readonly path: string;
  readonly isExact: boolean;
  readonly value: unknown;
}

function best(entries: Entry[]): unknown {
  const [first] = entries.sort((a, b) => b.path.length - a.path.length || Number(b.isExact) - Number(a.isExact));
  return first?.value;
}

/** The keys that mean this image: a host, as Podman has it with a beginning of the repository, or the URL of the API. */
function entriesFor(image: ImageReference, object: unknown): Entry[] {
  return Object.entries(isObject(object) ? object : {}).flatMap(([key, value]) => {
    const [, host, path = ''] = /^(?:https?:\/\/)?([^/]+)\/?(?:v[12](?:\/|$))?(.*?)\/*$/i.exec(key) ?? [];
    const isBeginning = `${image.repository}/`.startsWith(path === '' ? '' : `${path}/`);
    return host !== undefined && isSameHost(host, image.host) && isBeginning ? [{ path, isExact: key === host, value }] : [];
  });
}

function isSameHost(written: string, host: string): boolean {
  try {
    // Docker Hub has several names.
    return withoutDefaultPort(ImageReference.parse(`${written}/image`).host) === withoutDefaultPort(host);
  } catch {
    return false;
  }
}
