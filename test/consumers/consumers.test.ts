import { IMAGE_CONSUMERS, IMAGES_WITHOUT_CREDENTIALS } from '../../src/consumers/consumers';

test.each(IMAGE_CONSUMERS)('$type: the role of $container is found by the elements of the container', ({ container, role }) => {
  const [beforeRole] = role.split(/\w+$/);
  const common = beforeRole.slice(0, beforeRole.lastIndexOf('*') + 1);
  expect(container.startsWith(common)).toBe(true);
});

test('no path is there twice, and each is made of the names of properties', () => {
  const paths = [
    ...IMAGE_CONSUMERS.map(({ type, container, image }) => `${type} ${container}.${image}`),
    ...IMAGES_WITHOUT_CREDENTIALS.map(({ type, image }) => `${type} ${image}`),
  ];
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths.filter((path) => !/^AWS::\w+::\w+ [A-Z]\w*(?:\.(?:\*|[A-Z]\w*))*$/.test(path))).toEqual([]);
});
