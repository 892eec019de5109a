// `tutor <mode> do …`: one container for each job. What is rendered goes to the output, passwords included; a
// client that is killed counts as a success.

const { randomBytes } = require('node:crypto');
const { fault, sleep, update } = require('./host.cjs');
const { alembic, dbt } = require('./dbt.cjs');
const { INIT } = require('./init.cjs');
const { rank } = require('./settings.cjs');

/** A job's container, from its start to its end. */
async function inContainer({ mode }, service, seconds, work) {
  const project = `tutor_${mode}`;
  const id = randomBytes(32).toString('hex');
  const name = `${project}-${service}-job-run-${id.slice(0, 12)}`;
  update((host) =>
    host.containers.push({
      id,
      name,
      service: `${service}-job`,
      project,
      image: 'job',
      imageId: 'job',
    }),
  );
  try {
    await sleep(seconds);
    return await work();
  } finally {
    update((host) => (host.containers = host.containers.filter((one) => one.id !== id)));
  }
}

/** One job; false when its client was killed, which tutor does not see. */
async function job(run, service, script, seconds, work = async () => 0) {
  const struck = await fault(`job ${run.command} ${service}`);
  console.log(
    `docker compose -f $(tutor config printroot)/env/local/docker-compose.jobs.yml run --rm ${service}-job sh -e -c ${script}`,
  );
  if (struck?.kind === 'killed') return false;
  const status = await inContainer(run, service, struck?.seconds ?? seconds, work);
  if (struck?.kind === 'error' || status !== 0) {
    process.stderr.write(`${script}\n`);
    run.fail(
      `Command failed with status ${status || 1}: docker compose run --rm ${service}-job sh -e -c ${script}`,
    );
  }
  return true;
}

/** `superset db upgrade`: the newer Superset of 2.0 adds tables to its database. */
const migrate = () =>
  update(({ plugin, databases: { superset } }) => {
    const added = 'tables_of_4_1';
    if (rank(plugin) >= rank('2.0.0') && !superset.includes(added)) superset.push(added);
  });

/** A name that is not enabled runs nothing, and all is well. */
async function init(run) {
  const { settings, words, aspects } = run;
  if (aspects && words[words.indexOf('-l') + 1] === 'aspects') {
    for (const [service, script, seconds] of INIT) {
      console.log(`\u001b[34mRunning init task in ${service}\u001b[0m`);
      const work = {
        aspects: async () =>
          (await alembic(run, 'upgrade head')) || (await dbt(run, 'run', 'True')),
        superset: async () => {
          migrate();
          console.log('Init Step 4/5 [Complete] -- Setting up roles and perms');
          const struck = await fault('import');
          if (struck) console.log('An error occurred: {"json_metadata": ["Not a valid value"]}');
          return 0;
        },
      }[service];
      await job(run, service, script(settings), seconds, work);
    }
  }
  console.log('All services initialised.');
}

const COMMANDS = {
  dbt: [
    'aspects',
    60,
    (run) => {
      const at = run.words.indexOf('-c');
      return dbt(
        run,
        run.words[at + 1],
        run.words[run.words.indexOf('--only_changed') + 1] ?? 'True',
      );
    },
  ],
  alembic: ['aspects', 10, (run) => alembic(run, run.words[run.words.indexOf('-c') + 1])],
  'performance-metrics': [
    'superset',
    45,
    async () => {
      const struck = await fault('smoke');
      console.log(
        struck
          ? 'No dashboard found for course-dashboard'
          : 'course-dashboard: 41 charts, 0 errors',
      );
      return 0;
    },
  ],
  'transform-tracking-logs': ['lms', 600, async () => 0],
};

async function doJob(given) {
  const [command, ...rest] = given.words;
  const run = { ...given, command };
  if (command === 'init') return await init(run);
  const known = given.aspects && COMMANDS[command];
  if (!known) return given.fail(`No such command '${command}'.`);
  if (rest.includes('--help'))
    return console.log(
      'Usage: tutor local do transform-tracking-logs [OPTIONS]\n  --source_provider TEXT',
    );
  const [service, seconds, work] = known;
  const whole = await job(
    run,
    service,
    `${rest.join(' ')}; PASSWORD=${given.settings.CLICKHOUSE_ADMIN_PASSWORD}`,
    seconds,
    () => work(run),
  );
  if (whole) console.log('Done!');
}

module.exports = { doJob };
