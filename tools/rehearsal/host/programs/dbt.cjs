// Alembic and dbt in the `aspects` job: what they make is SQL of the scenario, run over HTTP as the admin. dbt's
// saved state is its manifest, and every command that succeeds overwrites it.

const { join } = require('node:path');
const { fault, post, read } = require('./host.cjs');
const { headOf } = require('./settings.cjs');
const { nameOf, SECTION, versionText } = require('./versions.cjs');

async function sql({ settings }, text) {
  const { clickhouse } = read();
  if (!clickhouse) return '';
  const headers = {
    'X-ClickHouse-User': settings.CLICKHOUSE_ADMIN_USER,
    'X-ClickHouse-Key': settings.CLICKHOUSE_ADMIN_PASSWORD,
  };
  return (await post(`${clickhouse}/?wait_end_of_query=1`, text, headers)).trim();
}

/** A file of the scenario, in full; empty where it has none. */
const textOf = (...path) => versionText(join(read().scenario, ...path));

const statementsIn = (text) =>
  text
    .replace(/^\s*--.*$/gm, '')
    .split(/;[ \t]*(?:\n|$)/)
    .map((one) => one.trim())
    .filter(Boolean);

async function runAll(run, text) {
  for (const one of statementsIn(text)) await sql(run, one);
}
const named = (revision) => String(revision).padStart(4, '0');

/** Migrations are files by revision, the way back one that names where it leads. */
async function alembic(run, command) {
  const query = 'SELECT version_num FROM xapi.alembic_version FINAL FORMAT TSV';
  const there = Number((await sql(run, query).catch(() => '')) || 0);
  const [, verb, to] = /^(upgrade|downgrade) (\S+)$/.exec(command) ?? [];
  const known = Number(headOf(read().plugin));
  if (there > known) {
    console.log(`FAILED: Can't locate revision identified by '${named(there)}'`);
    return 255;
  }
  if (verb === 'downgrade') {
    await runAll(run, textOf('alembic', `downgrade-${to}.sql`));
    return 0;
  }
  for (let revision = there + 1; there > 0 && revision <= known; revision++) {
    console.log(
      `INFO  [alembic.runtime.migration] Running upgrade ${named(revision - 1)} -> ${named(revision)}`,
    );
    await runAll(run, textOf('alembic', `${named(revision)}.sql`));
  }
  return 0;
}

/** Ids of a manifest's models: they say whether anything has changed. */
const idsIn = (text) =>
  [...new Set([...text.matchAll(/model\.aspects\.\w+/g)].map(([id]) => id))].sort().join(' ');

/** What a run executes: all, or the sections that are selected, with a plus those that read from them, too. */
function chosen(branch, words) {
  const text = textOf('models', `${branch}.sql`);
  const full = words.includes('--full-refresh');
  const fresh = (one) =>
    full ? one.replace(/create table if not exists/gi, 'create or replace table') : one;
  const at = words.findIndex((word) => ['--select', '-s'].includes(word));
  if (at < 0) return fresh(text);
  const sections = text.split(SECTION).filter(nameOf);
  const relationOf = (section) => nameOf(section).split('.')[1];
  const names = new Set();
  for (const word of words.slice(at + 1)) {
    names.add(word.replace('+', ''));
    if (!word.endsWith('+')) continue;
    const above = new Set([word.replace('+', '')]);
    for (const section of sections) {
      if (![...above].some((name) => new RegExp(`\\b${name}\\b`).test(section))) continue;
      above.add(relationOf(section));
      names.add(relationOf(section));
    }
  }
  return sections
    .filter((section) => names.has(relationOf(section)))
    .map(fresh)
    .join('\n');
}

/** `run`: what is chosen, until the first error. */
async function runModels(run, branch, words) {
  const text = chosen(branch, words);
  const count = [...text.matchAll(/^-- model: /gm)].length;
  if (count === 0) {
    console.log('Nothing to do. Try checking your model configs and model specification args');
    return 0;
  }
  const struck = await fault('dbt run');
  let failed = struck?.kind === 'error' ? 'Code: 241. MEMORY_LIMIT_EXCEEDED' : undefined;
  if (!failed) await runAll(run, text).catch((error) => (failed = error.message.slice(0, 300)));
  console.log(
    failed
      ? `Completed with 1 error\nDatabase Error in model\n  ${failed}`
      : 'Completed successfully',
  );
  console.log(
    `Done. PASS=${count - (failed ? 1 : 0)} WARN=0 ERROR=${failed ? 1 : 0} SKIP=0 TOTAL=${count}`,
  );
  return failed ? 1 : 0;
}

async function dbt(run, command, onlyChanged) {
  const branch = run.settings.DBT_BRANCH;
  const project = textOf('manifest', `${branch}.sql`);
  const [verb, ...words] = command.split(' ');
  // Each call clones the models and installs packages before dbt begins.
  if (await fault('dbt clone')) {
    console.log(
      `fatal: unable to access '${run.settings.DBT_REPOSITORY}/': Could not resolve host: github.com`,
    );
    return 128;
  }
  console.log(`Running with dbt=1.9.3\nFound ${idsIn(project).split(' ').length} models`);
  // Where a state is saved, `state:modified+` is appended to whatever the command is.
  const query =
    "SELECT content FROM event_sink.aspects_data FINAL WHERE path = 'manifest.json' FORMAT TSVRaw";
  const saved = onlyChanged === 'True' ? await sql(run, query).catch(() => '') : '';
  if (saved && verb === 'run-operation') {
    console.log('Usage: dbt run-operation [OPTIONS] MACRO\nError: No such option: -s');
    return 2;
  }
  let status = 0;
  if (verb === 'run-operation') {
    console.log(`Running ${words[0]} on xapi, reporting, event_sink.`);
    for (const one of statementsIn(textOf('macro', `${branch}.sql`))) {
      console.log(one);
      await sql(run, one);
    }
  } else if (verb === 'run' && saved && idsIn(saved) === idsIn(project)) {
    console.log('Nothing to do. Try checking your model configs and model specification args');
  } else if (verb === 'run') {
    status = await runModels(run, branch, words);
  }
  // Whatever it was: what succeeded is the state from now on.
  if (status === 0) await runAll(run, project);
  return status;
}

module.exports = { alembic, dbt };
