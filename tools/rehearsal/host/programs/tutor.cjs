// Tutor with the Aspects plugin, as far as an upgrade calls it: it behaves as contract and experiments say,
// also where that is a lie. Jobs of `do` stand beside, in jobs.cjs.

const { randomBytes } = require('node:crypto');
const { existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { fault, now, read, record, sleep, update } = require('./host.cjs');
const { doJob } = require('./jobs.cjs');
const { SECRETS, settingsOf } = require('./settings.cjs');

class Failure extends Error {}
const fail = (message) => {
  throw new Failure(message);
};

const args = process.argv.slice(2);
const root = process.env.TUTOR_ROOT ?? join(process.env.HOME ?? '/root', '.local/share/tutor');
const settings = () => settingsOf(root, read());
const aspectsHere = () => 'ASPECTS_VERSION' in settings();

/** Which setting names the image of a name. */
const IMAGES = { aspects: 'DOCKER_IMAGE_ASPECTS', 'aspects-superset': 'DOCKER_IMAGE_SUPERSET' };
function tagOf(name) {
  if (name === 'openedx')
    return settings().DOCKER_IMAGE_OPENEDX ?? `docker.io/overhangio/openedx:${read().tutor}`;
  const known = IMAGES[name] !== undefined && aspectsHere();
  return known ? settings()[IMAGES[name]] : fail(`Image '${name}' could not be found`);
}

/** Writes the environment; without a config.yml it makes a new project, with passwords of its own. */
function save() {
  const path = join(root, 'config.yml');
  mkdirSync(root, { recursive: true });
  const text = existsSync(path) ? readFileSync(path, 'utf8') : 'PLUGINS: []\n';
  const missing = ['MYSQL_ROOT_PASSWORD', ...(aspectsHere() ? SECRETS : [])].filter(
    (name) => !new RegExp(`^${name}:`, 'm').test(text),
  );
  const added = missing.map((name) => `${name}: ${randomBytes(9).toString('hex')}\n`).join('');
  writeFileSync(path, text + added);
  mkdirSync(join(root, 'env'), { recursive: true });
  writeFileSync(join(root, 'env/version'), read().tutor);
  if (aspectsHere()) {
    const assets = join(root, 'env/plugins/aspects/build/aspects-superset/openedx-assets/assets');
    mkdirSync(assets, { recursive: true });
    writeFileSync(join(assets, `dashboards-${read().plugin}.yaml`), '');
  }
  console.log(`Configuration saved to ${path}`);
  console.log(`Environment generated in ${join(root, 'env')}`);
}

async function images([command, ...rest]) {
  const names = rest.filter((word) => !word.startsWith('-'));
  if (command === 'printtag') return console.log(names.map(tagOf).join('\n'));
  for (const name of names) {
    const tag = tagOf(name);
    console.log(command === 'build' ? `Building image ${tag}` : `Pushing image ${tag}`);
    const struck = await fault(`tutor images ${command} ${name}`);
    // The daemon is asked for the whole time; what it made counts from its end.
    await sleep(struck?.seconds ?? (name === 'openedx' ? 240 : 60));
    if (struck?.kind === 'error')
      fail(`Command failed with status 1: docker buildx build --tag=${tag} --no-cache`);
    if (struck?.kind === 'killed' || struck?.kind === 'nothing') continue;
    update((host) => {
      const id = `sha256:${randomBytes(32).toString('hex')}`;
      if (command === 'build') host.images[tag] = { id, created: now(), plugin: host.plugin };
      else host.images[tag].digest = id;
    });
  }
}

/** Services a platform has, each with the image its container shall be of. */
function services() {
  const set = settings();
  const openedx = ['lms', 'cms', 'lms-worker', 'cms-worker'].map((name) => [
    name,
    tagOf('openedx'),
  ]);
  const aspects = aspectsHere() && [
    set.RUN_CLICKHOUSE === 'True' && ['clickhouse', set.DOCKER_IMAGE_CLICKHOUSE],
    set.RUN_RALPH === 'True' && ['ralph', set.DOCKER_IMAGE_RALPH],
    ...['superset', 'superset-worker', 'superset-worker-beat'].map((name) => [
      name,
      set.DOCKER_IMAGE_SUPERSET,
    ]),
    set.RUN_VECTOR === 'True' && ['vector', 'timberio/vector:0.30.0-alpine'],
  ];
  return [['mysql', 'docker.io/mysql:8.4.0'], ...openedx, ...(aspects || [])].filter(Boolean);
}

/** `up -d`: what is missing or of another image is made anew. `dev` and `local` never run beside each other. */
function start(mode, words, force) {
  const project = `tutor_${mode}`;
  const wanted = services().filter(([name]) => words.length === 0 || words.includes(name));
  update((host) => {
    for (const [service, image] of wanted) {
      host.images[image] ??= { id: `sha256:${randomBytes(32).toString('hex')}`, created: now() };
      const imageId = host.images[image].id;
      const there = host.containers.find(
        (one) => one.project === project && one.service === service,
      );
      // A container of the same tag is taken for the same image, by some versions of compose.
      if (
        there &&
        !force &&
        (there.imageId === imageId || (host.lazyCompose && there.image === image))
      )
        continue;
      host.containers = host.containers.filter((one) => one !== there);
      const id = randomBytes(32).toString('hex');
      host.containers.push({
        id,
        name: `${project}-${service}-1`,
        service,
        project,
        image,
        imageId,
      });
    }
  });
}

async function platform(mode, [command, ...rest]) {
  const words = rest.filter((word) => !word.startsWith('-'));
  if (mode === 'dev')
    update(
      (host) => (host.containers = host.containers.filter((one) => one.project !== 'tutor_local')),
    );
  if (command === 'start') return start(mode, words, false);
  if (command === 'dc' && words[0] === 'up')
    return start(mode, words.slice(1), rest.includes('--force-recreate'));
  if (command === 'stop') {
    return update((host) => {
      const meant = (one) =>
        one.project === `tutor_${mode}` && (words.length === 0 || words.includes(one.service));
      host.containers = host.containers.filter((one) => !meant(one));
    });
  }
  if (command === 'exec' && rest.at(-1).includes('mysqldump')) {
    return console.log(
      'CREATE TABLE `dashboards` (`id` int);\nCREATE TABLE `slices` (`id` int);\n-- Dump completed on 2026-01-01',
    );
  }
  if (command === 'exec') return process.stdin.resume();
  if (command === 'do')
    return await doJob({
      mode,
      root,
      words: rest,
      settings: settings(),
      fail,
      aspects: aspectsHere(),
    });
  fail(`No such command '${command}'.`);
}

async function main([first, second, ...rest]) {
  if (first === '--version') return console.log(`tutor, version ${read().tutor}`);
  if (first === 'config' && second === 'printroot') return console.log(root);
  if (first === 'config' && second === 'save') return save();
  if (first === 'config' && second === 'patches') return console.log(read().patches.join('\n'));
  if (first === 'config' && second === 'printvalue') {
    const value = settings()[rest[0]] ?? fail(`Missing configuration value: ${rest[0]}`);
    return console.log([value].flat().join(','));
  }
  if (first === 'plugins') {
    const enabled = [settings().PLUGINS ?? []].flat();
    console.log('NAME      STATUS      VERSION');
    for (const name of ['aspects', 'mfe']) {
      const version = name === 'aspects' ? read().plugin : read().mfe;
      console.log(`${name}\t${enabled.includes(name) ? '✅ enabled' : 'installed'}\t${version}`);
    }
    return undefined;
  }
  if (first === 'images') return await images([second, ...rest]);
  if (['local', 'dev', 'k8s'].includes(first)) return await platform(first, [second, ...rest]);
  return fail(`No such command '${first}'.`);
}

record('tutor', args);
if (process.env.REHEARSED_USER === undefined)
  console.error('You are running Tutor as root. This is strongly not recommended.');
main(args).catch((error) => {
  console.error(`Error: ${error.message}`);
  process.exitCode = 1;
});
