// Alembic and dbt in the `aspects` job: what they make is SQL of the scenario, run over HTTP as the admin. dbt's
// saved state is its manifest, and every command that succeeds overwrites it.

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { fault, post, read } = require('./host.cjs');
const { headOf } = require('./settings.cjs');

const admin = ({ settings }) => ({
  'X-ClickHouse-User': settings.CLICKHOUSE_ADMIN_USER,
  'X-ClickHouse-Key': settings.CLICKHOUSE_ADMIN_PASSWORD,
});

const sql = async (run, text) => {
  const { clickhouse } = read();
  return clickhouse
    ? (await post(`${clickhouse}/?wait_end_of_query=1`, text, admin(run))).trim()
    : '';
};

const folder = (name) => join(read().scenario, name);
const statementsOf = (file) =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .replace(/^\s*--.*$/gm, '')
        .split(/;[ \t]*(?:\n|$)/)
        .map((one) => one.trim())
        .filter(Boolean)
    : [];

/** Migrations are files by revision; a way back is a file with `-down` in its name. */
async function alembic(run, command) {
  const there = Number(
    (await sql(run, 'SELECT version_num FROM xapi.alembic_version FINAL FORMAT TSV').catch(
      () => '',
    )) || 0,
  );
  const [, verb, to] = /^(upgrade|downgrade) (\S+)$/.exec(command) ?? [];
  const known = Number(headOf(read().plugin));
  if (there > known) {
    console.log(`FAILED: Can't locate revision identified by '${String(there).padStart(4, '0')}'`);
    return 255;
  }
  const target = to === 'head' ? known : Number(to);
  const name = (revision) => String(revision).padStart(4, '0');
  if (verb === 'downgrade') {
    for (let revision = there; revision > target; revision--) {
      const drops = statementsOf(join(folder('alembic'), `${name(revision)}-down.sql`));
      const own =
        revision === 41
          ? [
              'DROP DICTIONARY IF EXISTS reporting.dim_most_recent_course_tags',
              'DROP DICTIONARY IF EXISTS event_sink.dim_course_names',
            ]
          : [];
      for (const one of drops.length > 0 ? drops : own) await sql(run, one);
      await sql(
        run,
        `INSERT INTO xapi.alembic_version (version_num, dt) VALUES ('${name(revision - 1)}', now())`,
      );
    }
    return 0;
  }
  const files = existsSync(folder('alembic')) ? readdirSync(folder('alembic')) : [];
  for (let revision = there + 1; revision <= target; revision++) {
    console.log(
      `INFO  [alembic.runtime.migration] Running upgrade ${name(revision - 1)} -> ${name(revision)}`,
    );
    if (!files.includes(`${name(revision)}.sql`)) continue;
    for (const one of statementsOf(join(folder('alembic'), `${name(revision)}.sql`)))
      await sql(run, one);
  }
  if (target > there)
    await sql(
      run,
      `INSERT INTO xapi.alembic_version (version_num, dt) VALUES ('${name(target)}', now())`,
    );
  return 0;
}

/** The project's manifest: each relation that its SQL makes is a model; a table with an `_mv` beside it is one, too. */
function manifestOf(branch) {
  const text = statementsOf(join(folder('models'), `${branch}.sql`)).join(';\n');
  const made = [
    ...text.matchAll(
      /create\s+(?:or\s+replace\s+)?(materialized\s+view|view|table|dictionary)\s+(?:if\s+not\s+exists\s+)?[`"]?(\w+)[`"]?\.[`"]?(\w+)/gi,
    ),
  ];
  const names = new Set(made.map(([, , , name]) => name));
  const nodes = {};
  for (const [, kind, schema, name] of made) {
    if (/materialized/i.test(kind) || name.endsWith('_mv')) continue;
    const materialized = names.has(`${name}_mv`) ? 'materialized_view' : kind.toLowerCase();
    nodes[`model.aspects.${name}`] = {
      resource_type: 'model',
      name,
      schema,
      config: { materialized },
    };
  }
  return {
    metadata: {
      dbt_schema_version: 'https://schemas.getdbt.com/dbt/manifest/v12.json',
      project_name: 'aspects',
      branch,
    },
    nodes,
  };
}

const LITERAL = (text) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

async function dbt(run, command, onlyChanged) {
  const branch = run.settings.DBT_BRANCH;
  const project = manifestOf(branch);
  const saved = await sql(
    run,
    "SELECT content FROM event_sink.aspects_data FINAL WHERE path = 'manifest.json' FORMAT TSVRaw",
  ).catch(() => '');
  const count = Object.keys(project.nodes).length;
  console.log(`Running with dbt=1.9.3\nFound ${count} models`);
  const [verb, name] = command.split(' ');
  if (verb === 'run-operation' && onlyChanged === 'True') {
    console.log('Usage: dbt run-operation [OPTIONS] MACRO\nError: No such option: -s');
    return 2;
  }
  const state = saved && JSON.parse(saved);
  if (verb === 'run-operation') {
    console.log(`Running ${name} on xapi, reporting, event_sink.`);
    for (const one of statementsOf(join(folder('macro'), `${branch}.sql`))) {
      console.log(one.toLowerCase());
      await sql(run, one);
    }
  } else if (verb === 'run' && onlyChanged === 'True' && state?.metadata?.branch === branch) {
    console.log(
      "The selection criterion 'state:modified+' does not match any enabled nodes\nNothing to do. Try checking your model configs and model specification args",
    );
  } else if (verb === 'run') {
    const struck = await fault('dbt run');
    for (const one of statementsOf(join(folder('models'), `${branch}.sql`))) await sql(run, one);
    const errors = struck?.kind === 'error' ? 1 : 0;
    if (errors)
      console.log('Database Error in model problem_events\n  Code: 241. MEMORY_LIMIT_EXCEEDED');
    else console.log('Completed successfully');
    console.log(`Done. PASS=${count - errors} WARN=0 ERROR=${errors} SKIP=0 TOTAL=${count}`);
    if (errors) return 1;
  }
  // Whatever it was: what succeeded is the state from now on.
  await sql(
    run,
    `INSERT INTO event_sink.aspects_data (path, content) VALUES ('manifest.json', ${LITERAL(JSON.stringify(project))})`,
  ).catch(() => '');
  return 0;
}

module.exports = { alembic, dbt };
