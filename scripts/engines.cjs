// Engines that the package itself does not need, and tests on them do: `<name>.<engine>.test.ts`. Where an
// engine is missing jest does not take its files, and the list behind the tests names them.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
const has = (...names) =>
  names.some((name) => folders.some((folder) => existsSync(`${folder}/${name}`)));

/** Each with how one gets it. */
const ENGINES = {
  mariadb: {
    there: has('mariadbd', 'mysqld') && has('mariadb-install-db', 'mysql_install_db'),
    get: 'apt-get install mariadb-server',
  },
  // The engine as a library of half a gigabyte, which is why it is no dependency.
  clickhouse: {
    there: existsSync(join(__dirname, '../node_modules/chdb')),
    get: 'npm install --no-save chdb@3.4.0',
  },
  // No engine of data: the browser in which the page of a run is tried.
  chromium: { there: has('chromium'), get: 'apt-get install chromium' },
};

/** Engines that are not here, as [name, how one gets it]. */
exports.missing = Object.entries(ENGINES)
  .filter(([, { there }]) => !there)
  .map(([name, { get }]) => [name, get]);
