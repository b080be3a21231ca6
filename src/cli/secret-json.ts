import { readPassword } from './login';
import { HOST, parseOptions, SECRET_JSON_OPTIONS } from './options';
import { write } from './streams';
import { usable, USAGE, UsageError } from './usage';
import { mistakeOf, parseSecret } from '../runtime/check';

/** Prints the JSON of a user name and a password. */
export async function secretJson(args: string[]): Promise<number> {
  const { values, positionals } = parseOptions(args, SECRET_JSON_OPTIONS);
  if (values.help) {
    await write(process.stdout, USAGE);
    return 0;
  }
  if (positionals.length > 0) {
    throw new UsageError('secret-json accepts only --username, --password-stdin and --host');
  }
  if (values.host?.some((host) => !HOST.test(host))) {
    throw new UsageError('--host is not a host, expected for example ghcr.io or registry.example.com:5050');
  }
  const json = await readPassword(values);
  const mistake = mistakeOf(usable(() => parseSecret(json, { name: 'the secret' })));
  if (mistake !== undefined) {
    throw new UsageError(mistake);
  }
  await write(process.stdout, `${json}\n`);
  return 0;
}
