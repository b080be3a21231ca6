import { getEventListeners } from 'node:events';
import { join } from 'node:path';
import { readTextFile } from '../../src/cli/streams';

test.each([['that was read', join(__dirname, 'streams.test.ts')], ['that is not there', join(__dirname, 'nowhere')]])('no listener of a file %s stays at the signal', async (_, file) => {
  const { signal } = new AbortController();
  const reading = readTextFile(file, 'the file', signal).catch(() => undefined);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  await reading;
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
