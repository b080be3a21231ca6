/** What integ-runner does not look at: npx jest --config scripts/integ/jest.config.js. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/integ/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.demo/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  testTimeout: 120_000,
  restoreMocks: true,
};
