/** The check against real engines: npx jest --config scripts/engines/jest.config.js, after scripts/engines/install.sh. */
module.exports = {
  rootDir: '../..',
  globalSetup: '<rootDir>/test/engines/require-installed.ts',
  setupFiles: ['<rootDir>/test/engines/authorities.ts'],
  testMatch: ['<rootDir>/test/engines/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  testTimeout: 600_000,
  // Each file keeps both cores busy with engines.
  maxWorkers: 1,
};
