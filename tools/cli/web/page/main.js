// The page: asks its server again and again, or shows what it was given.

import { listenBatches, showBatches } from './batches.js';
import { byId, isNew } from './dom.js';
import { showGates } from './gates.js';
import { listenRedrive } from './redrive.js';
import { followStates, showSigns, showStates } from './states.js';
import { showFailures, showHead, showProgress } from './tables.js';
import { listenTimeline, showTimeline } from './timeline.js';

const given = JSON.parse(byId('given').textContent);
const GONE = 'The command that serves this page does not answer: start runbooks watch --web again.';
const batches = new Map();
let newest = 0;

/** Times of the last update in milliseconds, for who measures. */
const times = { update: 0, updates: 0 };
window.runbooks = { times };

async function ask(path, body) {
  const response = await fetch(path, {
    ...(body && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  }).catch(() => {
    throw new Error(GONE);
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { message = `refused with ${response.status}`, sent } = answer.error ?? {};
    throw Object.assign(new Error(message), { sent });
  }
  return answer;
}

async function send(path, body) {
  const answer = await ask(path, body);
  await look();
  return answer;
}

function show(update) {
  const start = performance.now();
  for (const batch of update.batches) {
    batches.delete(batch.key);
    batches.set(batch.key, batch);
  }
  newest = update.newest;
  const now = Date.parse(update.at);
  showHead(update);
  showFailures(update);
  showGates(update.sight.gates, given.data ? undefined : send);
  showProgress(update);
  showStates(update.states);
  followStates(update.states);
  const all = [...batches.values()];
  if (isNew('bars', [newest, update.atWork, update.atWork.length > 0 && now])) {
    showTimeline(all, update.atWork, now);
    showBatches(all);
  }
  byId('redrive').hidden = given.data !== undefined || !update.canRedrive;
  tell(update);
  times.update = performance.now() - start;
  times.updates++;
}

/** Only what changed, for who listens. */
function tell({ sight, states }) {
  const at = states.filter(({ status }) => ['running', 'waits', 'failed'].includes(status)).at(-1);
  const asks = sight.gates.map(({ name }) => `gate ${name} asks`);
  const news = [sight.status.toLowerCase(), ...(at ? [`${at.name}: ${at.status}`] : []), ...asks];
  if (isNew('news', news)) byId('news').textContent = news.join(', ');
}

async function look() {
  try {
    show(await ask(`data?since=${newest}`));
    if (isNew('trouble', '')) byId('trouble').textContent = '';
  } catch (error) {
    const text = error.message === GONE ? GONE : `${error.message}. The run goes on; asking again.`;
    if (isNew('trouble', text)) byId('trouble').textContent = text;
  }
}

async function watch() {
  const start = performance.now();
  await look();
  const took = performance.now() - start;
  // A look that takes long is not asked for all the time.
  setTimeout(watch, Math.max(given.every * 1000, 3 * took));
}

byId('name').textContent = given.machine;
showSigns();
listenTimeline();
listenBatches();
if (given.data) {
  show(given.data);
} else {
  listenRedrive(ask, send);
  watch();
}
