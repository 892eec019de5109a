const { missing } = require('./scripts/engines.cjs');

/** Unit and rehearsal tests; those that need the network or more than Node live behind .ci/run. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/tools/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '\\.(m?ts)$': '<rootDir>/scripts/jest-esbuild.cjs',
    '\\.(sql|sh)$': '<rootDir>/scripts/jest-text.cjs',
  },
  moduleFileExtensions: ['ts', 'js', 'mjs', 'cjs', 'json', 'sql', 'sh'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '/test/slow/',
    '/test/bench/',
    ...missing.map(([engine]) => `\\.${engine}\\.test\\.ts$`),
  ],
  // No test waits for real; this is for machines that are busy with something else.
  testTimeout: 180_000,
  // Two cores are two: jest would leave one of them idle.
  maxWorkers: '100%',
};
