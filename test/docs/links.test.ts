import { allDocuments, deadLinks, documentAt, linksIn } from './markdown';

test.each(allDocuments())('every link in %s leads somewhere', (path) => {
  expect(deadLinks(path)).toEqual([]);
});

test('links and pictures of the README live on npm and PyPI too', () => {
  const relative = linksIn(documentAt('README.md')).filter((link) => !/^(?:https:|#)/.test(link));
  expect(relative).toEqual([]);
});

test('the index names every document', () => {
  const linked = linksIn(documentAt('docs/README.md')).map((link) => link.replace('../', ''));
  const documents = allDocuments().filter((path) => path !== 'docs/README.md').map((path) => path.replace('docs/', ''));
  expect(linked).toEqual(expect.arrayContaining(documents));
});
