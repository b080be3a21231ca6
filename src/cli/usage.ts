/** A mistake in the call. */
export class UsageError extends Error {}

export const PASSWORD_VARIABLE = 'REGISTRY_PASSWORD';

/** In front of the secret alone. */
export const READ_SECRET = 'aws secretsmanager get-secret-value --secret-id NAME --query SecretString --output text';

export const USAGE = `usage: cdk-private-registry check <image>... [login] [options]
       cdk-private-registry check --app <directory> [--secret-json <host>=<file>]... [options]
       cdk-private-registry images <directory> [--require <hosts>] [--json]
       cdk-private-registry secret-json --username <name> --password-stdin [options]
       cdk-private-registry --help | --version

check asks the registry whether the images can be pulled, without a login whether they need one.
Exit code 0: yes, 1: no (at least one), 2: not certain, 64: wrong usage.
check --app asks for all images of an app: the directory is what "cdk synth" wrote, usually cdk.out.
images lists these images, and how they are authenticated. Exit code 1: an image of a required host has no credentials.
secret-json prints the JSON to store in AWS Secrets Manager.

Login:
  --username <name>         the user name at the registry
  --password-stdin          read the password from standard input; without it from ${PASSWORD_VARIABLE}
  --secret-json-stdin       read the JSON that ECS will read: ${READ_SECRET}
  --docker-config [file]    use what "docker login" stored, by default in ~/.docker/config.json; runs no credential helper
  --secret-json <key>=<file>  with --app: the JSON that ECS will read, for the images of a host (or of a secret, as "images" names it);
                            can be repeated

Option of images:
  --require <hosts>         the hosts, separated by commas, whose images must have credentials; can be repeated

Options of secret-json:
  --host <host>             a host that the credentials are for, in the JSON; can be repeated
  --expires-on <date>       when the credentials expire, in the JSON: 2027-03-31, which ends at 00:00 UTC, or 2027-03-31T18:00:00Z
  --update [file]           keep the user name and all other keys of the old JSON, by default from standard input

Options of check:
  --platform <os/arch>      also check that the images have this platform, for example linux/arm64
  --auth-host <host>        the host that issues tokens, if it is not the registry's (self-managed GitLab)
  --ca-file <file>          a certificate authority (PEM) to trust in addition to the public ones
  --allow-private-networks  allow a registry with a private address
  --timeout <seconds>       give up after this time, input and all images included (default: 30)
  --min-days <days>         exit code 1 if the credentials are known to expire earlier
  --no-ask-expiry           do not ask GitHub, GitLab or JFrog when the token expires
  --insecure-loopback       allow plain HTTP and loopback addresses, for a local registry only
  --json                    print one line of JSON for each image (also for images)
`;

/** Turns an error about the user's input into one about the call. */
export function usable<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(oneLine((error as Error).message));
  }
}

export function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** An option and its file, which is shown only if it looks like one: the content in its place can be a secret. */
export function fileOption(option: string, file: string): string {
  const isPath = /^(?:[./~]|[a-z]:[\\/])|\.\w{1,8}$/i.test(file) && !/[\p{C}{}"]|-----/u.test(file);
  return isPath ? `${option} ${file}` : `${option} (its value is not shown, because it can be the content instead of a file)`;
}
