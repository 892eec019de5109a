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
  const [, label] = / app\.kubernetes\.io\/name=(\S+)/.exec(words.join(' ')) ?? [];
  if (act === 'get' && thing === 'pods') {
    const { replicas = 0, ending = 0 } = deployments[label] ?? {};
    for (let i = 0; i < replicas + ending; i++) console.log(`pod/${label}-${i}`);
    return;
  }
  if (act === 'wait') {
    // Pods that end are gone when their grace time is over; those of replicas are not.
    if (deployments[label]?.replicas > 0) return fail('timed out waiting for the condition');
    return update(({ deployments: now }) => {
      delete now[label].ending;
    });
  }
  if (act === 'get') {
    const columns = rest.at(-1).replace('custom-columns=', '').split(',');
    for (const [name, one] of Object.entries(deployments)) {
      const texts = columns.map((text) => column(text.replace(/^\w+:/, ''), { name, ...one }));
      console.log(texts.join('   '));
    }
    return;
  }
  if (act === 'exec') {
    const held = () => ['replicas', 'ending'].some((some) => deployments.superset?.[some] > 0);
    return await mysql(words.at(-1), held);
  }
  const [subject, change] = act === 'rollout' ? [rest[0]] : [thing, rest[0]];
  const name = subject.replace('deployment/', '');
  if (!deployments[name]) return fail(`deployments.apps "${name}" not found`);
  if (act === 'rollout') return console.log(`deployment "${name}" successfully rolled out`);
  update(({ deployments: now }) => {
    if (act === 'scale') {
      const replicas = Number(change.replace('--replicas=', ''));
      // Pods have a grace time, and count no more as replicas.
      if (replicas < now[name].replicas) now[name].ending = now[name].replicas - replicas;
      now[name].replicas = replicas;
    } else if (change.endsWith('-')) delete now[name].annotations?.[change.slice(0, -1)];
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
