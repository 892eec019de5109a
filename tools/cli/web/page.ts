// The page as one document. The same one is served while a run goes on and written as a file that nobody serves.

import type { AslGraph } from '../../../lambdas/shared/diagram/definition';
import { escaped } from '../../../lambdas/shared/diagram/text';
import { hashOf, pageScript, pageStyle } from './assets';
import { machineSvg } from './drawing';
import type { Update } from './snapshot';

export interface PageOf {
  readonly machine: string;
  readonly definition: AslGraph;
  /** Seconds between two looks of the page. */
  readonly every?: number;
  /** What it shows; a page without asks its server, and has buttons. */
  readonly data?: Update;
}

export interface Page {
  readonly html: string;
  /** Content security policy: nothing but what is in the document, and its server when it has one. */
  readonly policy: string;
}

export function pageOf({ machine, definition, every = 5, data }: PageOf): Page {
  const [script, style] = [pageScript(), pageStyle()];
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    ...(data ? [] : ["connect-src 'self'"]),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const meta = data ? `<meta http-equiv="Content-Security-Policy" content="${policy}">` : '';
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${meta}
<title>${escaped(machine)}</title>
<style>${style}</style>
</head>
<body>
${BODY.replace('<!-- machine -->', () => pictureOf(definition))}
<script type="application/json" id="given">${json({ machine, every, data })}</script>
<script type="module">${script}</script>
</body>
</html>
`;
  return { html, policy: data ? policy : `${policy}; frame-ancestors 'none'` };
}

/** A machine of another kind than ours may have states that nobody drew yet: the table has them all. */
function pictureOf(definition: AslGraph): string {
  try {
    return machineSvg(definition);
  } catch (error) {
    return `<p>The machine cannot be drawn: ${escaped((error as Error).message)}.</p>`;
  }
}

/** No text within ends the element. */
const json = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const BODY = `<a class="skip" href="#timeline-part">To the time line</a>
<header>
<h1 id="name"></h1>
<p id="about"></p>
<p><strong id="status" class="pill"></strong> <span id="where"></span></p>
<p id="buttons"><button type="button" id="redrive" hidden>Redrive…</button> <a id="console" rel="noreferrer">Execution in the console</a> <span id="seen"></span></p>
<p id="trouble" role="alert"></p>
<p id="news" role="status" aria-live="polite"></p>
</header>
<div class="columns">
<main>
<section id="failed-part" hidden><h2>Why it stopped</h2><div id="failed"></div></section>
<section id="gates-part" hidden><h2>Gates that wait for you</h2><div id="gates"></div></section>
<section id="steps-part" hidden><h2>Progress</h2><div id="steps"></div><div id="copies"></div></section>
<section id="timeline-part" tabindex="-1"><h2>Batches in time</h2>
<p id="totals"></p>
<div id="zoom" role="group" aria-label="What the time line shows">
<button type="button" data-zoom="all">Whole run</button>
<button type="button" data-zoom="in">Closer</button>
<button type="button" data-zoom="out">Farther</button>
<button type="button" data-zoom="back">Earlier</button>
<button type="button" data-zoom="on">Later</button>
<span class="legend" aria-hidden="true"><span><i class="k done"></i>done</span> <span><i class="k failed"></i>failed</span> <span><i class="k stopped"></i>stopped</span> <span><i class="k work"></i>at work</span></span>
</div>
<canvas id="timeline" tabindex="0" role="application" aria-label="Time line. Arrow keys go from batch to batch and from lane to lane, plus and minus come closer and go farther. The table of batches below says the same in words." aria-describedby="hit"></canvas>
<p id="hit" aria-live="polite"></p>
<details id="batches-part"><summary>Table of batches</summary><div id="batches"></div></details>
</section>
<section id="checks-part" hidden><h2>Checks</h2><div id="checks"></div></section>
<section id="items-part" hidden><h2>Items</h2><div id="items"></div></section>
<section id="asked-part" hidden><h2>Answers at gates</h2><div id="asked"></div></section>
<section id="log-part" hidden><h2>Last lines of the log</h2><div id="log"></div></section>
</main>
<section id="machine-part"><h2>Machine</h2>
<p class="legend" id="signs" aria-hidden="true"></p>
<details><summary>Table of states</summary><div id="states"></div></details>
<div id="machine" tabindex="0" role="region" aria-label="Picture of the machine"><!-- machine --></div>
</section>
</div>
<dialog id="plan" aria-labelledby="plan-title"><h2 id="plan-title">What a redrive does</h2><div id="plan-lines"></div>
<p><button type="button" id="plan-yes">Redrive it</button> <button type="button" id="plan-no">Not now</button></p></dialog>
<noscript><p>This page needs its script, which is part of it.</p></noscript>`;
