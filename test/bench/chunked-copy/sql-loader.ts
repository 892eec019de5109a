// The tasks' bundles carry SQL files as text; so does whoever imports this first.

import { readFileSync } from 'node:fs';

require.extensions['.sql'] = (module, file) => {
  module.exports = readFileSync(file, 'utf8');
};
