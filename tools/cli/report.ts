// The report of a rehearsal: the HTML the run itself wrote to its bucket, and below it the timeline
// of the states as the rehearsal saw them.

import { writeFileSync } from 'node:fs';
import { GetObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Endpoint } from './endpoint';
import { duration } from './format';
import { type ExecutionHistory, type Visit, visits } from './history';
import { messageOf, type Summary } from './summary';

/** The newest HTML report in the bucket, or undefined when the run wrote none. */
export async function fetchReport(endpoint: Endpoint, Bucket: string): Promise<string | undefined> {
  const client = new S3Client({ ...endpoint, forcePathStyle: true });
  try {
    const found: { Key: string; at: number }[] = [];
    for await (const page of paginateListObjectsV2({ client }, { Bucket })) {
      for (const { Key, LastModified } of page.Contents ?? []) {
        if (Key?.endsWith('.html')) found.push({ Key, at: LastModified?.getTime() ?? 0 });
      }
    }
    const newest = found.sort((a, b) => a.at - b.at).at(-1);
    if (!newest) return undefined;
    const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: newest.Key }));
    return Body?.transformToString();
  } finally {
    client.destroy();
  }
}

/** Writes the run's own report with the timeline added before its end. */
export function writeReport(
  file: string,
  own: string | undefined,
  summary: Summary,
  all: readonly ExecutionHistory[],
): void {
  const added = timeline(summary, all);
  const page =
    own ??
    `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${escaped(summary.machine)}</title></head>` +
      `<body><h1>${escaped(summary.machine)}: ${summary.status}</h1>` +
      `<p>${escaped(summary.error ? `${summary.error}: ${messageOf(summary.cause)}` : 'The run wrote no report.')}</p></body></html>\n`;
  const at = page.lastIndexOf('</body>');
  writeFileSync(file, at < 0 ? page + added : page.slice(0, at) + added + page.slice(at));
}

function timeline(summary: Summary, all: readonly ExecutionHistory[]): string {
  const stays = all.flatMap(visits).sort((a, b) => +a.from - +b.from);
  const begin = Math.min(...stays.map(({ from }) => +from));
  const end = Math.max(...stays.map(({ from, to }) => +(to ?? from)), begin + 1);
  const percent = (ms: number) => ((100 * ms) / (end - begin)).toFixed(2);
  const row = ({ state, execution, from, to, ended }: Visit) => {
    const length = +(to ?? from) - +from;
    const child = execution.split(':').at(-1)!;
    return (
      `<tr><td>${escaped(state)}</td><td title="${escaped(child)}">${execution === all[0]!.arn ? '' : 'child'}</td>` +
      `<td>${duration((+from - begin) / 1000)}</td><td>${(length / 1000).toFixed(1)} s</td>` +
      `<td class="stay"><span class="${ended ? 'ended' : 'broken'}" style="margin-left:${percent(+from - begin)}%;width:${percent(length)}%"></span></td></tr>`
    );
  };
  return `
<section class="rehearsal-timeline">
<style>
.rehearsal-timeline table { display: table; border-collapse: collapse; width: 100%; font-size: 0.85rem }
.rehearsal-timeline td, .rehearsal-timeline th { text-align: left; padding: 0.1rem 0.6rem 0.1rem 0 }
.rehearsal-timeline .stay { width: 45% }
.rehearsal-timeline .stay span { display: block; height: 0.7rem; min-width: 2px; background: #2e7d32 }
.rehearsal-timeline .stay .broken { background: #c62828 }
</style>
<h2>Timeline of the rehearsal</h2>
<p>${escaped(summary.machine)} ended ${summary.status} after ${summary.redriveCount} redrive(s) and ${duration(summary.seconds)}.
The times are the rehearsal's on one computer; none is a speed of AWS. Red: the stay ended in a failure that was redriven, or that ended the run.</p>
<table><thead><tr><th>State</th><th></th><th>From</th><th>For</th><th></th></tr></thead><tbody>
${stays.map(row).join('\n')}
</tbody></table>
</section>
`;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
