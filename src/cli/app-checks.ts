import { consumerOf, printable, readApp } from './app';
import { appLogins, AppLogins, AppLoginValues } from './app-logins';
import { Image } from './checker';
import { ANONYMOUS, Login } from './login';
import { write } from './streams';
import { AppImage } from '../assembly/app-images';
import { isKnown } from '../assembly/template';
import { ImageReference } from '../reference/image-reference';
import { CheckInput, UNREADABLE_FOR_ECS, Verdict } from '../runtime/check';

/** An image that nobody can be asked for now. */
export interface Unasked {
  readonly text: string;
  readonly reason: string;
}

export interface ImageCheck {
  readonly image: Image | Unasked;
  readonly login: Login;
  /** What pulls the image in the app. */
  readonly consumers?: readonly string[];
  /** Why a definite no is none for the app. */
  readonly doubtAbout?: (verdict: Verdict) => string | undefined;
}

export type AppInput = Pick<CheckInput, 'ca' | 'authHost'>;

/** What another login can change. */
const DEPENDS_ON_LOGIN: readonly Verdict[] = [
  'PULL_DENIED', 'IMAGE_NOT_FOUND', 'BLOCKED_BY_POLICY', 'CREDENTIALS_REJECTED', 'SECRET_EMPTY', 'SECRET_MALFORMED', 'SECRET_PLACEHOLDER',
  // A yes with --min-days.
  'OK', 'PUBLIC_IMAGE',
];

/** What can run on an instance, whose agent can have a login. */
const ON_INSTANCES = ['AWS::ECS::TaskDefinition', 'AWS::ECS::DaemonTaskDefinition', 'AWS::Batch::JobDefinition'];

/** One check for all that pull an image in the same way. What is pulled with a role needs none. */
export async function checksOfApp(
  values: AppLoginValues & { readonly app: string }, input: AppInput, signal: AbortSignal,
): Promise<{ readonly checks: readonly ImageCheck[]; readonly isComplete: boolean }> {
  const app = await readApp(values.app, signal);
  const images = app.images.filter(({ authentication }) => authentication !== 'role');
  const logins = await appLogins(values, images, signal);
  const groups = new Map<string, AppImage[]>();
  for (const image of images) {
    const key = JSON.stringify([image.image, image.secret, image.authentication, image.pulls, image.howPulled, mayHaveLogin(image)]);
    groups.set(key, [...groups.get(key) ?? [], image]);
  }
  if (images.length === 0) {
    await write(process.stderr, 'no image of this app needs a check\n');
  }
  return { checks: [...groups.values()].map((group) => checkOf(group, logins, input)), isComplete: app.unread.length === 0 };
}

function checkOf(group: readonly AppImage[], logins: AppLogins, input: AppInput): ImageCheck {
  const [first] = group;
  const consumers = [...new Set(group.map((image) => printable(consumerOf(image))))];
  const asked = askedFor(first, input);
  if ('reason' in asked) {
    return { image: asked, login: ANONYMOUS, consumers };
  }
  const login = first.secret === undefined ? ANONYMOUS : logins.loginFor(first, asked.reference);
  if (typeof login === 'string') {
    return { image: unasked(first, login), login: ANONYMOUS, consumers };
  }
  const otherLogin = first.secret !== undefined ? logins.doubtAbout(first) : mayHaveLogin(first) ? 'the agent of an instance can have a login (ECS_ENGINE_AUTH_DATA)' : undefined;
  const doubtAbout = (verdict: Verdict) => {
    if (!group.some(({ isCertain }) => isCertain)) {
      return 'only the deployment knows whether this is pulled';
    }
    if (first.type === 'AWS::CodeBuild::Project' && UNREADABLE_FOR_ECS.includes(verdict)) {
      return 'how CodeBuild reads it is not public';
    }
    return verdict === 'TLS_UNTRUSTED' ? 'what this machine sees can differ from what the tasks see' : DEPENDS_ON_LOGIN.includes(verdict) ? otherLogin : undefined;
  };
  return { image: asked, login, consumers, doubtAbout };
}

function askedFor(image: AppImage, { ca, authHost }: AppInput): Image | Unasked {
  const { image: text, host, pulls, type, howPulled } = image;
  if (pulls !== undefined) {
    return unasked(image, `${type} pulls ${pulls}`);
  }
  if (!isKnown(text) || host === undefined) {
    return unasked(image, isKnown(text) ? 'it is not a valid name of an image' : 'only the deployment knows its whole name');
  }
  const input = { ...howPulled, ca: [howPulled.ca, ca].filter((pem) => pem !== undefined).join('\n') || undefined, authHost: howPulled.authHost ?? authHost };
  return { text, reference: ImageReference.parse(text), input };
}

function unasked({ image }: AppImage, reason: string): Unasked {
  return { text: printable(image), reason: `${printable(image)} was not checked: ${reason}` };
}

function mayHaveLogin({ authentication, type, howPulled }: AppImage): boolean {
  return authentication === 'none' && ON_INSTANCES.includes(type) && howPulled.engine !== 'containerd';
}
