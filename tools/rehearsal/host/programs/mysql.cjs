// The MySQL of the platform, as `docker exec` and `kubectl exec` reach its clients: databases with the names of
// their tables. What is no SQL is refused, a database that is not there too.

const { fault, read, update } = require('./host.cjs');

class Refused extends Error {}
const refuse = (message) => {
  throw new Refused(`ERROR ${message}`);
};

const WORDS =
  /^(create|drop|alter|insert|update|delete|set|lock|unlock|use|delimiter|begin|commit)\b/i;

const dump = (name) =>
  [
    '-- MySQL dump 10.13  Distrib 8.4.0, for Linux (x86_64)',
    '/*!40101 SET NAMES utf8mb4 */;',
    ...(read().databases[name] ?? refuse(`1049 (42000): Unknown database '${name}'`)).map(
      (table) => `DROP TABLE IF EXISTS \`${table}\`;\nCREATE TABLE \`${table}\` (\`id\` int);`,
    ),
    '-- Dump completed on 2026-01-01',
  ].join('\n');

/** One statement after the other; those before one that is refused have been done. */
function execute(text, database, held) {
  for (const one of text.split(/;\s*|\n/).map((line) => line.trim())) {
    if (one === '' || /^(--|\/\*)/.test(one)) continue;
    if (!WORDS.test(one)) {
      refuse(
        `1064 (42000) at line 1: You have an error in your SQL syntax; check the manual near '${one.slice(0, 40)}'`,
      );
    }
    const [, act, kind, name] =
      /^(drop|create) (database|table) (?:if exists )?`?(\w+)/i.exec(one) ?? [];
    if (!act) continue;
    // Whoever reads a table holds it.
    if (/drop/i.test(act) && held()) refuse('1205 (HY000): Lock wait timeout exceeded');
    update((host) => {
      if (/database/i.test(kind)) {
        if (/drop/i.test(act)) delete host.databases[name];
        else host.databases[name] = [];
        return;
      }
      const tables = host.databases[database] ?? refuse(`1049: Unknown database '${database}'`);
      if (/drop/i.test(act)) host.databases[database] = tables.filter((table) => table !== name);
      else if (tables.includes(name)) refuse(`1050 (42S01): Table '${name}' already exists`);
      else tables.push(name);
    });
  }
}

async function input() {
  const parts = [];
  for await (const part of process.stdin) parts.push(part);
  return Buffer.concat(parts).toString();
}

/**
 * A command line of the container's shell.
 *
 * @param held whether a service has the tables open
 */
async function mysql(line, held) {
  try {
    const [, dumped] = /\bmysqldump\b.* (\w+)$/.exec(line) ?? [];
    if (dumped) return console.log(dump(dumped));
    const [, statements] = /--execute='([^']*)'/.exec(line) ?? [];
    if (statements) execute(statements, undefined, held);
    const [, database] = /\bmysql (?:--user=root )?(\w+)$/.exec(line) ?? [];
    const struck = await fault('mysql');
    if (struck) refuse('2013 (HY000): Lost connection to MySQL server during query');
    if (database) execute(await input(), database, held);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

module.exports = { mysql };
