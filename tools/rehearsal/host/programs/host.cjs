// What the programs of the sandbox share: the state of the host in one file, the list of what was called, time,
// and faults. Plain JavaScript without dependencies: each call is a process of its own.

const { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { request } = require('node:http');
const { join } = require('node:path');
const { remember } = require('./memory.cjs');

const sandbox = process.env.REHEARSED_SANDBOX;
const file = (name) => join(sandbox, name);
const read = () => JSON.parse(readFileSync(file('host.json'), 'utf8'));

/** Changes the state in one short step; what others have changed before stays. */
function update(change) {
  const state = read();
  const result = change(state);
  writeFileSync(file(`host.json.${process.pid}`), JSON.stringify(state, null, 1));
  renameSync(file(`host.json.${process.pid}`), file('host.json'));
  return result;
}

/** Epoch seconds as the sandbox has them. */
const now = () => Number(readFileSync(file('clock'), 'utf8'));

function record(program, args) {
  const entry = {
    program,
    args,
    root: process.env.TUTOR_ROOT,
    user: process.env.REHEARSED_USER,
    at: now(),
  };
  appendFileSync(file('calls.jsonl'), `${JSON.stringify(entry)}\n`);
  remember(entry);
}

/** One request: to the rehearsal, which alone knows the time, or to ClickHouse. */
function post(url, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers, agent: false }, (answer) => {
      const parts = [];
      answer.on('data', (part) => parts.push(part));
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString();
        if (answer.statusCode < 300) resolve(text);
        else reject(new Error(text.trim() || `HTTP ${answer.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Lets time of the rehearsal go by. */
const sleep = (seconds) =>
  post(`${read().control}/sleep`, String(seconds), { tree: process.env.REHEARSED_TREE });

/** The fault of this occasion, used up: `{ on, nth?, kind, seconds? }`, where `on` begins the command line. */
async function fault(line) {
  const found = update(({ faults }) => {
    for (const one of faults) {
      if (!line.startsWith(one.on) || one.used) continue;
      one.seen = (one.seen ?? 0) + 1;
      if (one.seen < (one.nth ?? 1)) continue;
      one.used = !one.always;
      return one;
    }
    return undefined;
  });
  if (found?.kind === 'agent-dies') await post(`${read().control}/agent-dies`, '');
  if (found?.kind === 'host-restarts') await post(`${read().control}/host-restarts`, '');
  return found;
}

/** config.yml as tutor writes it: flat keys; lists of plugins and blocks are told apart by their indentation. */
function readConfig(root) {
  const path = join(root, 'config.yml');
  if (!existsSync(path)) return undefined;
  const config = {};
  let last;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    const [, key, value] = /^([A-Z0-9_]+):\s*(.*)$/.exec(line) ?? [];
    if (key) {
      last = key;
      config[key] = value.replace(/^(['"])(.*)\1$/, '$2').replace(/^[|>]-?$/, '');
    } else if (last && /^\s*- /.test(line))
      config[last] = [...[config[last]].flat(), line.replace(/^\s*- /, '')].filter(Boolean);
    else if (last && /^\s+\S/.test(line))
      config[last] = `${config[last]}${config[last] ? '\n' : ''}${line.trim()}`;
  }
  return config;
}

module.exports = { fault, file, now, post, read, readConfig, record, sleep, update };
