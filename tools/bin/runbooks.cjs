#!/usr/bin/env node
// A cache of compiled files would stay behind in the temporary folder.
process.env.TSX_DISABLE_CACHE ??= '1';
require('tsx/cjs');
require('../cli/main')
  .main(process.argv.slice(2))
  .then((code) => process.exit(code));
