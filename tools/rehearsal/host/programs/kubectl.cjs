// The client of a cluster: deployments with their replicas and notes. No more than scripts ask for.

const { read, record, update } = require('./host.cjs');
const { mysql } = require('./mysql.cjs');

const fail = (message) => {
  console.error(`Error from server (NotFound): ${message}`);
  process.exitCode = 1;
};
const shown = (value) => (value === undefined ? '<none>' : String(value));

/** `custom-columns`: a header and a path for each. */
function column(path, { name, replicas, annotations = {} }) {
  const note = path.replace('.metadata.annotations.', '');
  if (note !== path) return shown(annotations[note]);
  if (path === '.metadata.name') return name;
  // Replicas that are none are left out of the status.
  return path === '.status.replicas' ? shown(replicas || undefined) : String(replicas);
}

async function main(args) {
  const words = args.slice(args[0] === '--namespace' ? 2 : 0);
  const [act, thing, ...rest] = words;
  const { deployments = {}, unreachable } = read();
  if (unreachable) {
    console.error('The connection to the server 10.0.0.1:6443 was refused');
    process.exitCode = 1;
    return;
  }
  if (act === 'get' && thing === 'pods') return;
  if (act === 'get') {
    const columns = rest.at(-1).replace('custom-columns=', '').split(',');
    for (const [name, one] of Object.entries(deployments)) {
      const texts = columns.map((text) => column(text.replace(/^\w+:/, ''), { name, ...one }));
      console.log(texts.join('   '));
    }
    return;
  }
  if (act === 'exec') {
    const held = () => (deployments.superset?.replicas ?? 0) > 0;
    return await mysql(words.at(-1), held);
  }
  const [subject, change] = act === 'rollout' ? [rest[0]] : [thing, rest[0]];
  const name = subject.replace('deployment/', '');
  if (!deployments[name]) return fail(`deployments.apps "${name}" not found`);
  if (act === 'rollout') return console.log(`deployment "${name}" successfully rolled out`);
  update(({ deployments: now }) => {
    if (act === 'scale') now[name].replicas = Number(change.replace('--replicas=', ''));
    else if (change.endsWith('-')) delete now[name].annotations?.[change.slice(0, -1)];
    else {
      const [key, value] = change.split('=');
      now[name].annotations = { ...now[name].annotations, [key]: value };
    }
  });
  console.log(`${subject} ${act}d`);
}

const args = process.argv.slice(2);
record('kubectl', args);
main(args);
