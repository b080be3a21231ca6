import { registryHost } from './app';
import { DockerConfig } from './docker-config';
import { Login, readSecretFile } from './login';
import { write } from './streams';
import { UsageError } from './usage';
import { AppImage } from '../assembly/app-images';
import { PLACEHOLDER } from '../private/placeholder';
import { ImageReference } from '../reference/image-reference';
import { registryOfHost, withoutDefaultPort } from '../registries/registries';
import { parseSecret } from '../runtime/check';

export interface AppLoginValues {
  readonly 'docker-config'?: string;
  readonly 'secret-json'?: readonly string[];
}

/** The logins for the images of an app that have a secret. */
export interface AppLogins {
  /** A text is the reason why there is none. */
  loginFor(image: AppImage, reference: ImageReference): Login | string;
  /** Why the tasks can have another login. */
  doubtAbout(image: AppImage): string | undefined;
}

export async function appLogins(values: AppLoginValues, images: readonly AppImage[], signal: AbortSignal): Promise<AppLogins> {
  const { 'docker-config': file, 'secret-json': secrets = [] } = values;
  const given = () => secrets.map((text) => keyAndFile(text, images));
  return file === undefined ? secretLogins(given(), images, signal) : dockerLogins(await DockerConfig.read(file, signal));
}

function dockerLogins(config: DockerConfig): AppLogins {
  return {
    loginFor: (_, reference) => {
      const login = config.loginFor(reference);
      // Without a login, the tasks pull with their secret all the same.
      return login.note === undefined ? `it has a secret, and --docker-config has no login for ${reference.host}` : login;
    },
    doubtAbout: () => 'the tasks can have other credentials than those that were tried',
  };
}

interface KeyAndFile {
  /** A host, or how the template names a secret. */
  readonly key: string;
  readonly isHost: boolean;
  readonly file: string;
}

/** What is not a key of this app is not shown: it can be the secret. */
function keyAndFile(text: string, images: readonly AppImage[]): KeyAndFile {
  const splits = [...text.matchAll(/=/g)].map(({ index }) => ({ key: text.slice(0, index), file: text.slice(index + 1) }));
  // Names of secrets can have a "=", and those of files as well.
  const { key: written = '', file = '' } = [...splits].reverse().find(({ key }) => idsOf(key, images).size > 0) ?? splits[0] ?? {};
  if (written === '' || file === '' || /^\s*\{/.test(text) || /^\s*\{/.test(file)) {
    throw new UsageError('--secret-json is not HOST=FILE, and not shown because it can be the secret; expected for example ghcr.io=secret.json, with the JSON in the file');
  }
  const host = registryHost(written);
  return { key: host ?? written, isHost: host !== undefined, file };
}

async function secretLogins(given: readonly KeyAndFile[], images: readonly AppImage[], signal: AbortSignal): Promise<AppLogins> {
  const secrets = secretsByHost(images);
  const logins = new Map<string, Login>();
  for (const { key, isHost, file } of given) {
    const isSecret = idsOf(key, images).size > 0;
    if (!isHost && !isSecret) {
      throw new UsageError('--secret-json has a key that is neither a host nor a secret of this app, and not shown because it can be the secret; run images to see the secrets');
    }
    if (logins.has(key)) {
      throw new UsageError(`--secret-json has ${key} twice, expected one file`);
    }
    if (secrets.has(key) || isSecret) {
      logins.set(key, await fileLogin(key, file, signal));
    } else {
      const isShown = registryOfHost(key) !== undefined || images.some(({ host }) => host && withoutDefaultPort(host) === key);
      await write(process.stderr, `warning: --secret-json ${isShown ? key : 'for another host'} is not used: no image of this app is pulled from there with a secret\n`);
    }
  }
  const isAmbiguous = (host: string) => [...secrets.get(host)?.values() ?? []].filter((secret) => !logins.has(secret)).length > 1;
  for (const host of [...secrets.keys()].filter((name) => logins.has(name) && isAmbiguous(name))) {
    await write(process.stderr, `warning: ${host} has several secrets in this app, and one login is tried for all; pass each as --secret-json SECRET=FILE, as images names it, or check one Stage alone\n`);
  }
  return {
    loginFor: ({ secret = '' }, { host }) => logins.get(secret) ?? logins.get(withoutDefaultPort(host))
      ?? `it has a secret, and no login was given; pass --secret-json ${host}=FILE`,
    doubtAbout: ({ secret = '', host = '' }) => {
      if (logins.has(secret)) {
        return idsOf(secret, images).size > 1 ? 'several accounts or Regions of the app have a secret of this name' : undefined;
      }
      return isAmbiguous(withoutDefaultPort(host)) ? 'the app has several secrets for this host' : undefined;
    },
  };
}

/** The secrets that an app names alike. */
function idsOf(name: string, images: readonly AppImage[]): Set<string | undefined> {
  return new Set(images.filter(({ secret }) => secret === name).map(({ secretId }) => secretId));
}

/** How the template names each secret of a host. */
function secretsByHost(images: readonly AppImage[]): Map<string, Map<string, string>> {
  const secrets = new Map<string, Map<string, string>>();
  for (const { secret, secretId = '', host } of images) {
    if (secret !== undefined && host !== undefined) {
      const name = withoutDefaultPort(host);
      secrets.set(name, (secrets.get(name) ?? new Map()).set(secretId, secret));
    }
  }
  return secrets;
}

/** All mistakes in the call come before the first answer, so that a wrong call prints none. */
async function fileLogin(key: string, file: string, signal: AbortSignal): Promise<Login> {
  const name = `the JSON given for ${key}`;
  const json = await readSecretFile(file, `--secret-json ${key}`, signal);
  return { name, read: async () => parseSecret(json, { name, placeholder: PLACEHOLDER }) };
}
