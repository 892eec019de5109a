// Jest transform: an SQL file or a script for a host is a module whose default export is its text, as in the bundles.
module.exports = {
  process(source) {
    return { code: `module.exports = { __esModule: true, default: ${JSON.stringify(source)} };` };
  },
};
