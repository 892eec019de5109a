// `runbooks report`: the report that a run has written when an execution of it ended.

import { writeFileSync } from 'node:fs';
import { GetObjectCommand } from '@aws-sdk/client-s3';
import { RefusedError } from '../errors';
import { writePage } from '../web/watch-web';
import { type OperateOptions, operate } from './kit';
import { ledgerOf, namingProblems, subjectOf } from './subject';

export interface ReportOptions extends OperateOptions {
  readonly format?: string;
  readonly out?: string;
  /** File for the page of the run as it is now, as `watch --web` shows it. */
  readonly html?: string;
}

/** Endings of the files by the names of formats. */
const ENDINGS: Readonly<Record<string, string>> = { markdown: 'md', json: 'json', html: 'html' };
/** What S3 says of a key that is not there, to who may list the bucket and to who may not. */
const ABSENT = ['NoSuchKey', 'AccessDenied', 'Forbidden'];

export function report(
  named: string | undefined,
  options: ReportOptions,
  signal: AbortSignal,
): Promise<number> {
  const format = options.format ?? (options.json ? 'json' : 'markdown');
  const names = Object.keys(ENDINGS).join(', ');
  const problems = [
    ...namingProblems(named, options),
    ...(ENDINGS[format] === undefined ? [`--format must be one of ${names}`] : []),
    ...(options.json && format !== 'json'
      ? ['--json prints the report as JSON: leave --format out']
      : []),
    ...(options.html !== undefined && (options.format || options.out || options.json)
      ? ['--html writes the page of the run: leave --format, --out and --json out']
      : []),
  ];
  return operate({ command: 'report', problems, arn: named }, options, signal, async (kit) => {
    const subject = await subjectOf(kit, named!);
    if (options.html !== undefined) {
      await writePage(kit, subject, options.html);
      return { code: 0, document: undefined };
    }
    const { stack, run, execution } = subject;
    if (run === undefined) {
      throw new RefusedError(
        `${execution} has no run: it was refused, a dry run, or has only begun`,
      );
    }
    const ended = await ledgerOf(kit, stack).ends(run);
    const Key = `${run}/report.${ENDINGS[format]}`;
    const Bucket = stack.reportBucket;
    const text = await kit.aws.s3
      .send(new GetObjectCommand({ Bucket, Key }))
      .then(({ Body }) => Body!.transformToString())
      .catch((error: Error) => {
        if (!ABSENT.includes(error.name) || ended.length > 0) throw error;
        throw new RefusedError(
          `run ${run} has no report yet: it is written when an execution of it ends (runbooks watch shows where it stands)`,
        );
      });
    if (options.out !== undefined) {
      writeFileSync(options.out, text);
      kit.terminal.line(`Wrote ${options.out} (s3://${Bucket}/${Key})`);
    } else if (!options.json) {
      process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    }
    return { code: 0, document: options.json ? JSON.parse(text) : undefined };
  });
}
