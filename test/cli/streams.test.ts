import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { InputTimeout, readTextFile, write } from '../../src/cli/streams';
import { usable, UsageError } from '../../src/cli/usage';

test.each([['that was read', join(__dirname, 'streams.test.ts')], ['that is not there', join(__dirname, 'nowhere')]])('no listener of a file %s stays at the signal', async (_, file) => {
  const { signal } = new AbortController();
  const reading = readTextFile(file, 'the file', signal).catch(() => undefined);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await reading;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a file that is not read when the time ends is no mistake in the call', async () => {
  const reading = readTextFile(__filename, '--ca-file', AbortSignal.abort());
  await expect(reading).rejects.toThrow('--ca-file could not be read in time');
  await expect(reading).rejects.toBeInstanceOf(InputTimeout);
});

test('a text is written when nothing went wrong, and not before', async () => {
  const written: string[] = [];
  const stream = (error?: Error) => new Writable({
    write: (chunk, _, done) => {
      written.push(String(chunk));
      done(error);
    },
  }).on('error', () => undefined) as NodeJS.WriteStream;
  await write(stream(), 'one');
  await expect(write(stream(new Error('EPIPE')), 'two')).rejects.toThrow('EPIPE');
  expect(written).toEqual(['one', 'two']);
});

test('what is wrong with an input is a mistake in the call, on one line', () => {
  const read = () => usable(() => {
    throw new Error('two\n  lines');
  });
  expect(read).toThrow(UsageError);
  expect(read).toThrow(/^two lines$/);
  expect(usable(() => 42)).toBe(42);
});
