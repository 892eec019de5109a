/** The slower proofs: whole rehearsals, each with a database of its own. */
const base = require('./jest.config.cjs');
module.exports = {
  ...base,
  testMatch: ['**/test/slow/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
};
