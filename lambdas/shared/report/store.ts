import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { readEnv } from '../env';
import type { Ledger } from '../ledger';
import type { RunItem } from '../runs';
import { toHtml } from './html';
import { toMarkdown } from './markdown';
import { type Report, readReport } from './model';

/** Keeps a file of a report; cores get it as an argument. */
export type StoreFile = (key: string, body: string, contentType: string) => Promise<void>;

let client: S3Client | undefined;

/** Writes to the stack's report bucket; needs REPORT_BUCKET. */
export const storeFromEnv: StoreFile = async (Key, Body, ContentType) => {
  client ??= new S3Client({ maxAttempts: 4 });
  const Bucket = readEnv('REPORT_BUCKET').REPORT_BUCKET;
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
};

/** Where the readable report of a run lies, as people type it. */
export const reportUri = (runId: string): string =>
  `s3://${readEnv('REPORT_BUCKET').REPORT_BUCKET}/${runId}/report.html`;

/** Writes the three forms of a run's report; a later one takes the place of an earlier one. */
export async function writeReport(ledger: Ledger, store: StoreFile, run: RunItem): Promise<Report> {
  const report = await readReport(ledger, run);
  const file = `${run.runId}/report`;
  await store(`${file}.json`, JSON.stringify(report, undefined, 2), 'application/json');
  await store(`${file}.md`, toMarkdown(report), 'text/markdown; charset=utf-8');
  await store(`${file}.html`, toHtml(report), 'text/html; charset=utf-8');
  return report;
}
