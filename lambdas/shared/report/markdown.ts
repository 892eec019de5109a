import { consoleLink } from '../inputs/links';
import { COPY_HEAD, copyRow } from './copies';
import type { Report } from './model';

/** A table's cell: one line, its bars escaped. */
const cell = (value: unknown): string =>
  String(value ?? '')
    .replaceAll('|', '\\|')
    .replaceAll('\n', ' ');

function table(head: readonly string[], rows: readonly (readonly unknown[])[]): string[] {
  return [
    `| ${head.join(' | ')} |`,
    `| ${head.map(() => '---').join(' | ')} |`,
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? ['', `## ${title}`, '', ...lines] : [];
}

/** A section with a table, left out when nothing is in it. */
function tableSection(
  title: string,
  head: readonly string[],
  rows: readonly (readonly unknown[])[],
): string[] {
  return rows.length > 0 ? section(title, table(head, rows)) : [];
}

/** The report for people who read text. */
export function toMarkdown(report: Report): string {
  const { run, ends } = report;
  const arns = [...run.earlierArns, run.executionArn];
  return [
    `# ${run.machine}: ${run.runId}`,
    '',
    ...table(
      ['', ''],
      [
        ['Status', run.status],
        ['Started', run.startedAt],
        ['Ended', run.endedAt ?? ''],
        ['Executions', arns.map((arn) => `<${consoleLink(arn)}>`).join(' then ')],
      ],
    ),
    ...section(
      'What to do next',
      report.next.map((step, i) => `${i + 1}. ${step}`),
    ),
    ...section(
      'Notes',
      report.notes.map((note) => `- ${note}`),
    ),
    ...tableSection(
      'How executions ended',
      ['At', 'Status', 'State', 'Message'],
      ends.map((end) => [end.at, end.status, end.state, message(end)]),
    ),
    ...tableSection(
      'Checks',
      ['Item', 'Check', 'Expected', 'Actual', 'Agrees'],
      report.checks.map((c) => [c.item, c.name, c.expected, c.actual, c.ok ? 'yes' : '**no**']),
    ),
    ...tableSection(
      'Items',
      ['Item', 'Status', 'Message'],
      report.items.map((item) => [item.name, item.status, message(item)]),
    ),
    ...tableSection(
      'Batches',
      ['Item', 'Step', 'Batch', 'Attempt', 'Status', 'Rows', 'Seconds', 'Message'],
      report.batches.map((b) => [
        b.item,
        b.step,
        b.title,
        b.attempt,
        b.status,
        b.rows,
        b.seconds === undefined ? '' : Math.round(b.seconds),
        b.error,
      ]),
    ),
    ...tableSection('Copy', COPY_HEAD, report.copies.map(copyRow)),
    ...tableSection(
      'Stack updates',
      ['Step', 'Attempt', 'Change set', 'State', 'Message'],
      report.changeSets.map((c) => [c.step, c.number, c.name, c.state, c.message]),
    ),
    ...tableSection(
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
    ),
    ...section('Input', ['```json', JSON.stringify(run.input, undefined, 2), '```']),
    '',
  ].join('\n');
}

/** Error and cause as one sentence. */
export const message = ({ error, cause }: { error?: string; cause?: string }): string =>
  [error, cause].filter(Boolean).join(': ');
