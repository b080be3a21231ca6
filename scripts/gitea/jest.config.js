/** The suite against Gitea: npx jest --config scripts/gitea/jest.config.js, after scripts/gitea/install.sh and scripts/engines/install.sh. */
module.exports = {
  rootDir: '../..',
  testMatch: ['<rootDir>/test/gitea/**/*.test.ts'],
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.dev.json' }] },
  modulePathIgnorePatterns: ['<rootDir>/.gitea/'],
  testTimeout: 120_000,
  clearMocks: true,
};
