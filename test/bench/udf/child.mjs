// A process of its own for one figure: `memory` is the largest resident set while a batch is answered,
// `start` the milliseconds from import to the first answer.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [, , what, bundle] = process.argv;
const event = JSON.parse(readFileSync(0, 'utf8'));
const began = performance.now();
const { handler } = await import(pathToFileURL(bundle).href);
await handler(event);
if (what === 'start') console.log((performance.now() - began).toFixed(1));
else console.log((process.resourceUsage().maxRSS / 1_024).toFixed(0));
