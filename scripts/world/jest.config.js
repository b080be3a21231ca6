/** The running tasks: npx projen e2e:world [file], which enters a world where the names of registries are real. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/world/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.demo/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  // Nothing waits for a time: this is the limit for a step that never comes to its end.
  testTimeout: 600_000,
  // The tests of one file go on from each other, and two worlds would have one address.
  maxWorkers: 1,
  bail: 1,
  clearMocks: true,
};
