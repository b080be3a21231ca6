/** The deployments: npm run e2e [-- file], which enters a world where the names of registries are real. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.demo/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  // Nothing waits for a time: this is the limit for a step that never comes to its end.
  testTimeout: 900_000,
  // In one world every server has its one address.
  maxWorkers: 1,
  clearMocks: true,
};
