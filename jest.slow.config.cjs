/** The slower proofs: whole rehearsals. One after the other, because each brings its own database. */
const base = require('./jest.config.cjs');
module.exports = {
  ...base,
  testMatch: ['**/test/slow/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 900_000,
};
