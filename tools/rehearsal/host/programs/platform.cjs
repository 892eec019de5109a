// Images and containers of a platform: what `tutor images` builds and pushes, and what `start`, `stop` and `dc`
// make of containers.

const { randomBytes } = require('node:crypto');
const { fault, now, read, sleep, update } = require('./host.cjs');
const { doJob } = require('./jobs.cjs');
const { mysql } = require('./mysql.cjs');

const hexId = () => randomBytes(32).toString('hex');
const supersetRuns = (project) => () =>
  read().containers.some((one) => one.project === project && one.service === 'superset');
const wordsOf = (args) => args.filter((word) => !word.startsWith('-'));

/** Which setting names the image of a name. */
const IMAGES = { aspects: 'DOCKER_IMAGE_ASPECTS', 'aspects-superset': 'DOCKER_IMAGE_SUPERSET' };

function tagOf({ settings, aspects, fail }, name) {
  const own = settings.DOCKER_IMAGE_OPENEDX;
  if (name === 'openedx') return own ?? `docker.io/overhangio/openedx:${read().tutor}`;
  if (name === 'openedx-dev') return `openedx-dev:${read().tutor}`;
  const known = IMAGES[name] !== undefined && aspects;
  return known ? settings[IMAGES[name]] : fail(`Image '${name}' could not be found`);
}

async function images(place, [command, ...rest]) {
  const names = wordsOf(rest);
  if (command === 'printtag') {
    return console.log(names.map((name) => tagOf(place, name)).join('\n'));
  }
  for (const name of names) {
    const tag = tagOf(place, name);
    console.log(command === 'build' ? `Building image ${tag}` : `Pushing image ${tag}`);
    const struck = await fault(`tutor images ${command} ${name}`);
    // The daemon is asked for the whole time; what it made counts from its end.
    await sleep(struck?.seconds ?? (name.startsWith('openedx') ? 240 : 60));
    if (struck?.kind === 'error') {
      place.fail(`Command failed with status 1: docker buildx build --tag=${tag} --no-cache`);
    }
    if (struck?.kind === 'killed' || struck?.kind === 'nothing') continue;
    update((host) => {
      const id = `sha256:${hexId()}`;
      if (command === 'build') host.images[tag] = { id, created: now(), plugin: host.plugin };
      else host.images[tag].digest = id;
    });
  }
}

/** Services a platform has, each with the image its container shall be of. */
function services(place) {
  const { settings: set, aspects } = place;
  const all = (names, image) => names.map((name) => [name, image]);
  const own = aspects && [
    set.RUN_CLICKHOUSE === 'True' && ['clickhouse', set.DOCKER_IMAGE_CLICKHOUSE],
    set.RUN_RALPH === 'True' && ['ralph', set.DOCKER_IMAGE_RALPH],
    ...all(['superset', 'superset-worker', 'superset-worker-beat'], set.DOCKER_IMAGE_SUPERSET),
    set.RUN_VECTOR === 'True' && ['vector', 'timberio/vector:0.30.0-alpine'],
  ];
  const platform = place.mode === 'dev' ? 'openedx-dev' : 'openedx';
  const openedx = all(['lms', 'cms', 'lms-worker', 'cms-worker'], tagOf(place, platform));
  return [['mysql', 'docker.io/mysql:8.4.0'], ...openedx, ...(own || [])].filter(Boolean);
}

/** `up -d`: what is missing or of another image is made anew. */
function start(place, words, force) {
  const project = `tutor_${place.mode}`;
  const wanted = services(place).filter(([name]) => words.length === 0 || words.includes(name));
  update((host) => {
    for (const [service, image] of wanted) {
      host.images[image] ??= { id: `sha256:${hexId()}`, created: now() };
      const imageId = host.images[image].id;
      const there = host.containers.find(
        (one) => one.project === project && one.service === service,
      );
      // A container of the same tag is taken for the same image, by some versions of compose.
      const same = there?.imageId === imageId || (host.lazyCompose && there?.image === image);
      if (same && !force) continue;
      const name = `${project}-${service}-1`;
      host.containers = host.containers.filter((one) => one !== there);
      host.containers.push({ id: hexId(), name, service, project, image, imageId });
    }
  });
}

/** On Kubernetes: what is missing is made, and how many there are of the others stays as it is. */
const apply = (place) =>
  update((host) => {
    host.deployments ??= {};
    // Vector is a DaemonSet.
    for (const [name] of services(place))
      if (name !== 'vector') host.deployments[name] ??= { replicas: 1 };
  });

/** Takes containers away. */
const leave = (gone) =>
  update((host) => {
    host.containers = host.containers.filter((one) => !gone(one));
  });

async function platform(place, [command, ...rest]) {
  const { mode, fail } = place;
  const words = wordsOf(rest);
  // `dev` and `local` never run beside each other.
  if (mode === 'dev') leave(({ project }) => project === 'tutor_local');
  if (command === 'start' && mode === 'k8s') return apply(place);
  if (command === 'start') return start(place, words, false);
  if (command === 'dc' && words[0] === 'up') {
    return start(place, words.slice(1), rest.includes('--force-recreate'));
  }
  if (command === 'stop') {
    const meant = ({ service }) => words.length === 0 || words.includes(service);
    return leave((one) => one.project === `tutor_${mode}` && meant(one));
  }
  if (command === 'exec') {
    // Whatever it runs, its own command line comes first, and to the same place.
    console.log(
      `docker compose -f ${place.root}/env/local/docker-compose.yml exec ${rest.join(' ')}`,
    );
    return await mysql(rest.at(-1), supersetRuns(`tutor_${mode}`));
  }
  if (command === 'do') return await doJob({ ...place, words: rest });
  return fail(`No such command '${command}'.`);
}

module.exports = { images, platform };
