import { atRest } from '../../bench/rest';

test('what is counted late is counted, too', async () => {
  let count = 1;
  setTimeout(() => {
    count = 2;
  }, 50);
  expect(await atRest(() => count, 200, 10_000)).toBe(2);
});

test('a count that does not come to rest is an error', async () => {
  let count = 0;
  await expect(atRest(() => count++, 200, 300)).rejects.toThrow(/^a count is still growing after 300 ms, it is \d+$/);
});
