#!/usr/bin/env node
// A cache of compiled files would stay behind in the temporary folder.
process.env.TSX_DISABLE_CACHE ??= '1';
// The SDK's advice about Node versions is for those who maintain the tools.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
require('tsx/cjs');

/** Until a stream has passed on what was written to it, or its reader is gone: a pipe takes 64 KiB at a time. */
const written = (stream) =>
  new Promise((resolve) => stream.once('error', resolve).write('', resolve));

require('../cli/main')
  .main(process.argv.slice(2))
  .then(async (code) => {
    await Promise.all([written(process.stdout), written(process.stderr)]);
    process.exit(code);
  });
