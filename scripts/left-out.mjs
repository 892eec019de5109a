// After the tests: which proofs `npm test` leaves to .ci/run, by name, so that nobody takes them for run.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const folders = ['tools/test/slow', 'test/slow'];
const files = folders.flatMap((folder) => {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `${folder}/${name}`);
  } catch {
    return [];
  }
});
const tests = files.map(
  (file) => readFileSync(file, 'utf8').match(/^\s*(it|test)(\.each)?\(/gm)?.length ?? 0,
);
const sum = tests.reduce((a, b) => a + b, 0);
console.log(
  `left out here, run by .ci/run: ${sum} slow proofs or tables of them in ${files.length} files (${files.join(', ')}),`,
);
console.log(
  'the checks of templates and SQL by other tools, the deployment into an emulator, and the packed package',
);

// Tests on a real MariaDB say so in their name; where there is none they are skipped.
const paths = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
const has = (...names) =>
  names.some((name) => paths.some((folder) => existsSync(`${folder}/${name}`)));
if (!has('mariadbd', 'mysqld') || !has('mariadb-install-db', 'mysql_install_db')) {
  const needing = readdirSync('tools/test', { recursive: true })
    .map((name) => `tools/test/${name}`)
    .filter((file) => file.endsWith('.test.ts') && !file.startsWith('tools/test/slow/'))
    .filter((file) => readFileSync(file, 'utf8').includes('needs MariaDB'));
  const count = needing
    .map((file) => readFileSync(file, 'utf8').match(/^\s*(it|test)(\.each)?\(/gm)?.length ?? 0)
    .reduce((a, b) => a + b, 0);
  console.log(
    `left out for want of MariaDB (apt-get install mariadb-server): up to ${count} tests or tables of them in ${needing.join(', ')}`,
  );
}
