// A process of its own for one figure, so that no figure is paid for by another:
//   speed   processor milliseconds the bundle takes for a batch, and those of JSON.parse and JSON.stringify
//   memory  megabytes resident at the most while a batch is answered
//   start   milliseconds from import to the first answer
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , what, bundle, rounds] = process.argv;
const text = readFileSync(0, 'utf8');

/** What else the machine does counts for nothing. */
function processorMs() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

/** What must be done at the least with the language's own means: read and write the same texts. */
function bare(values, isJson) {
  const { arguments: batch } = JSON.parse(text);
  const results = batch.map(([inner], at) => {
    if (isJson) JSON.parse(inner);
    return JSON.stringify(values[at]);
  });
  JSON.stringify({ success: true, num_records: results.length, results });
}

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function speed(handler) {
  const event = JSON.parse(text);
  const isJson = !event.external_function.endsWith('.parse_utm_from_url');
  const values = JSON.parse(await handler(event)).results.map((result) => JSON.parse(result));
  const times = { ours: [], bare: [] };
  for (let round = -10; round < Number(rounds); round++) {
    const began = processorMs();
    await handler(JSON.parse(text));
    const between = processorMs();
    bare(values, isJson);
    const ended = processorMs();
    // The first rounds warm the compiler for both.
    if (round < 0) continue;
    times.ours.push(between - began);
    times.bare.push(ended - between);
  }
  return JSON.stringify({ ours: median(times.ours), bare: median(times.bare) });
}

const began = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
if (what === 'speed') console.log(await speed(handler));
else await handler(JSON.parse(text));
if (what === 'start') console.log((performance.now() - began).toFixed(1));
if (what === 'memory') console.log((process.resourceUsage().maxRSS / 1_024).toFixed(0));
