import { hasMariaDb } from '../../rehearsal/mysql';

/**
 * A table of tests on a real MariaDB; its name says `needs MariaDB`. It is left out where there is no
 * server, because the package itself needs Node only: `npm test` then names each such file and how to get
 * a server, and .ci/run installs one, so that there none is left out.
 */
export const withMariaDb = hasMariaDb() ? describe : describe.skip;
