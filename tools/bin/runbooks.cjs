#!/usr/bin/env node
// A cache of compiled files would stay behind in the temporary folder.
process.env.TSX_DISABLE_CACHE ??= '1';
// The SDK's advice about Node versions is for those who maintain the tools.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('tsx/cjs');
require('../cli/main')
  .main(process.argv.slice(2))
  .then((code) => process.exit(code));
