/** The suite against real registries: npx jest --config scripts/registries/jest.config.js, after scripts/registries/install.sh. */
module.exports = {
  rootDir: '../..',
  globalSetup: '<rootDir>/test/registries/require-installed.ts',
  testMatch: ['<rootDir>/test/registries/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  testTimeout: 60_000,
  clearMocks: true,
};
