/** The deployments into moto: npx jest --config scripts/e2e/jest.config.js [file], after scripts/e2e/install.sh. */
module.exports = {
  rootDir: '../..',
  globalSetup: '<rootDir>/test/e2e/support/install.ts',
  globalTeardown: '<rootDir>/test/e2e/support/uninstall.ts',
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.demo/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  // A test is one or more runs of the cdk command.
  testTimeout: 180_000,
  maxWorkers: 2,
  clearMocks: true,
};
