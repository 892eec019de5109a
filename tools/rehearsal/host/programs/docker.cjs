// The client of docker, as far as one looks at containers and images and stops some.

const { read, record, update } = require('./host.cjs');
const { mysql } = require('./mysql.cjs');

const short = (id) => id.replace('sha256:', '').slice(0, 12);

/** Go's templates: members, and labels of a container. */
const filled = (format, thing) =>
  format
    .replace(
      /\{\{\s*(?:index \.Config\.Labels|\.Label) "([^"]+)"\s*\}\}/g,
      (_, label) => thing.labels?.[label] ?? '',
    )
    .replace(/\{\{\s*\.([\w.]+)\s*\}\}/g, (_, path) => {
      const value = path.split('.').reduce((at, name) => at?.[name], thing);
      return Array.isArray(value) ? `[${value.join(' ')}]` : (value ?? '<no value>');
    });

const containerOf = ({ id, name, service, project, image, imageId }) => ({
  Id: id,
  ID: short(id),
  Names: name,
  Image: imageId,
  Config: { Image: image },
  State: { Status: 'running' },
  labels: {
    'com.docker.compose.project': project,
    'com.docker.compose.service': service,
    'com.docker.compose.oneoff': name.includes('-job-run-') ? 'True' : 'False',
  },
});

/** Images by tag; several tags may name one. */
const imagesOf = ({ images }) =>
  Object.entries(images).map(([tag, { id, created, digest }]) => ({
    tag,
    Id: id,
    ID: short(id),
    Created: new Date(created * 1000).toISOString(),
    Repository: tag.replace(/:[^:/]*$/, ''),
    Tag: tag.replace(/^.*:/, ''),
    RepoDigests: digest ? [`${tag.replace(/:[^:/]*$/, '')}@${digest}`] : [],
  }));

function ps(words, filters, format) {
  const [, name] = /^name=(.*)$/.exec(filters.find((one) => one.startsWith('name=')) ?? '') ?? [];
  const labels = filters.flatMap((one) => {
    const [, key, value] = /^label=([^=]+)=(.*)$/.exec(one) ?? [];
    return key ? [[key, value]] : [];
  });
  return read()
    .containers.filter((one) => name === undefined || one.name.includes(name))
    .map(containerOf)
    .filter((one) => labels.every(([key, value]) => one.labels[key] === value))
    .map((one) => (words.includes('-q') ? one.ID : filled(format ?? '{{.ID}} {{.Names}}', one)));
}

function main(args) {
  const format = args[args.indexOf('--format') + 1];
  const own = args.includes('--format') ? format : undefined;
  const filters = args.flatMap((word, i) => (args[i - 1] === '--filter' ? [word] : []));
  const words = args.filter(
    (word, i) =>
      !['--format', '--filter'].includes(word) && !['--format', '--filter'].includes(args[i - 1]),
  );
  const [first, second] = words;
  const say = (lines) => lines.length > 0 && console.log(lines.join('\n'));
  if (first === 'ps') return say(ps(words, filters, own));
  if (first === 'images') return say(imagesOf(read()).map((one) => filled(own, one)));
  if (first === 'version') return console.log(filled(own, { Server: { Version: '27.3.1' } }));
  if (first === 'info') return console.log(filled(own, { DockerRootDir: read().dockerRoot }));
  if (first === 'compose') return console.log('2.29.7');
  if (first === 'buildx') return console.log('github.com/docker/buildx v0.17.1 257815a');
  if (first === 'exec') {
    const { containers } = read();
    const into = containers.find(({ id }) => short(id) === words[2]);
    if (words[1] === '-i' && into?.service === 'mysql') {
      const superset = (one) => one.project === into.project && one.service === 'superset';
      return mysql(words.at(-1), () => read().containers.some(superset));
    }
  }
  if (first === 'stop') {
    return update((host) => {
      host.containers = host.containers.filter(({ name }) => !words.slice(1).includes(name));
    });
  }
  const things = first === 'image' ? imagesOf(read()) : read().containers.map(containerOf);
  const name = words.at(-1);
  const found = things.find((one) => [one.tag, one.Id, one.ID, one.Names].includes(name));
  if (second !== undefined && found) return console.log(filled(own, found));
  console.error(`Error response from daemon: No such object: ${name}`);
  process.exitCode = 1;
}

const args = process.argv.slice(2);
record('docker', args);
main(args);
