// The report as one file: no scripts, no network, readable without colour and by screen readers.

import { consoleLink } from '../inputs/links';
import { COPY_HEAD, copyRow } from './copies';
import { message } from './markdown';
import type { Report } from './model';
import { lanesOf } from './timeline';

const html = (value: unknown): string =>
  String(value ?? '').replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; color: #16191f; background: #fff }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.5rem; display: block; overflow-x: auto }
caption { text-align: left; font-weight: 600; font-size: 1.2rem; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem; border-bottom: 1px solid #d5dbdb }
.lane { display: grid; grid-template-columns: 16rem 1fr; gap: .5rem; margin: .2rem 0 }
.track { position: relative; height: 1.4rem; background: #f2f3f3 }
.bar { position: absolute; top: 0; bottom: 0; background: #0972d3; border-right: 1px solid #fff; box-sizing: border-box }
.bar.failed { background: repeating-linear-gradient(45deg, #b00020 0 4px, #e6a5ad 4px 8px) }
.bar.stopped { background: repeating-linear-gradient(90deg, #656871 0 4px, #c6c6cd 4px 8px) }
pre { background: #f2f3f3; padding: 1rem; overflow-x: auto }
@media (prefers-color-scheme: dark) { body { color: #d1d5db; background: #0f1b2a } .track, pre { background: #192534 } th, td { border-color: #414d5c } a { color: #539fe5 } }
`;

function table(
  caption: string,
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
): string {
  if (rows.length === 0) return '';
  const line = (cells: readonly unknown[], tag: string) =>
    `<tr>${cells.map((value) => `<${tag}>${html(value)}</${tag.slice(0, 2)}>`).join('')}</tr>`;
  return (
    `<table><caption>${html(caption)}</caption><thead>${line(head, 'th scope="col"')}</thead>` +
    `<tbody>${rows.map((row) => line(row, 'td')).join('\n')}</tbody></table>`
  );
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return `<h2>${html(title)}</h2><ol>${lines.map((line) => `<li>${html(line)}</li>`).join('')}</ol>`;
}

/** Bars are an image of the table below it, which says the same in words. */
function timeline(report: Report): string {
  if (report.batches.length === 0) return '';
  const lanes = lanesOf(report.batches).map(({ label, bars }) => {
    const drawn = bars.map(({ left, width, batch }) => {
      const state = ['done', 'failed', 'stopped'].includes(batch.status) ? batch.status : '';
      return `<span class="bar ${state}" style="left:${left.toFixed(2)}%;width:${width.toFixed(2)}%" title="${html(batch.title)}, attempt ${batch.attempt}: ${html(batch.status)}"></span>`;
    });
    return `<div class="lane"><span>${html(label)}</span><div class="track">${drawn.join('')}</div></div>`;
  });
  const text = `Timeline of ${report.batches.length} attempts; the table of batches has the same in words`;
  return `<h2>Timeline</h2><div role="img" aria-label="${text}">${lanes.join('\n')}</div>`;
}

/** The report for people who look. */
export function toHtml(report: Report): string {
  const { run } = report;
  const title = html(`${run.machine}: ${run.runId}`);
  const links = [...run.earlierArns, run.executionArn].map(
    (arn) => `<li><a href="${html(consoleLink(arn))}">${html(arn)}</a></li>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>Status: <strong>${html(run.status)}</strong>. Started ${html(run.startedAt)}${run.endedAt ? `, ended ${html(run.endedAt)}` : ''}.</p>
<h2>Executions</h2>
<ol>${links.join('')}</ol>
${list('What to do next', report.next)}
${list('Notes', report.notes)}
${timeline(report)}
${table(
  'How executions ended',
  ['At', 'Status', 'State', 'Message'],
  report.ends.map((end) => [end.at, end.status, end.state, message(end)]),
)}
${table(
  'Checks',
  ['Item', 'Check', 'Expected', 'Actual', 'Agrees'],
  report.checks.map((c) => [c.item, c.name, c.expected, c.actual, c.ok ? 'yes' : 'no']),
)}
${table(
  'Items',
  ['Item', 'Status', 'Message'],
  report.items.map((item) => [item.name, item.status, message(item)]),
)}
${table(
  'Batches',
  ['Item', 'Step', 'Batch', 'Attempt', 'Status', 'Started', 'Rows', 'Seconds', 'Message'],
  report.batches.map((b) => [
    b.item,
    b.step,
    b.title,
    b.attempt,
    b.status,
    b.startedAt,
    b.rows,
    b.seconds === undefined ? '' : Math.round(b.seconds),
    b.error,
  ]),
)}
${table('Copy', COPY_HEAD, report.copies.map(copyRow))}
${table(
  'Stack updates',
  ['Step', 'Attempt', 'Change set', 'State', 'Message'],
  report.changeSets.map((c) => [c.step, c.number, c.name, c.state, c.message]),
)}
${table(
  'Gates',
  ['Gate', 'Question', 'Answer', 'By', 'Reason', 'Answered at', 'Execution of the answer'],
  report.gates.map((g) => [
    g.name,
    g.question,
    g.answer ?? 'open',
    g.by,
    g.reason,
    g.answeredAt,
    g.answeredBy,
  ]),
)}
<h2>Input</h2>
<pre>${html(JSON.stringify(run.input, undefined, 2))}</pre>
</main>
</body>
</html>
`;
}
