// SELECT … INTO OUTFILE S3 of Aurora MySQL, as a statement that MariaDB can execute: it writes a file of
// its own, with the same clauses for fields and lines and therefore the same text.
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Integrating.SaveIntoS3.html

import { SqlError } from './packets';

/** What such a statement wants. */
export interface ExportStatement {
  /** `s3-eu-west-1://bucket`, as given. */
  readonly bucketUri: string;
  readonly bucket: string;
  /** Names of the objects begin with it. */
  readonly prefix: string;
  readonly manifest: boolean;
  readonly overwrite: boolean;
  /** The statement for MariaDB; what it does not know stands in comments, for the process list. */
  into(file: string): string;
}

const INTO = /\binto\s+outfile\s+s3\s+'([^']*)'/i;
const switchOf = (name: string) => new RegExp(`\\b${name}\\s+(on|off)\\b`, 'i');
const OTHERS = /\b(format\s+(csv|text)|encryption\s+\w+)\b/i;

/** Only such a one exports; what others carry is data, and may say anything. */
const QUERY = /^(\s|\(|\/\*[^*]*\*\/)*(select|with)\b/i;

const refuse = (message: string) => new SqlError(1064, '42000', message);

/** Reads a statement; undefined when it is another one. */
export function exportStatement(sql: string): ExportStatement | undefined {
  if (!QUERY.test(sql)) return undefined;
  const found = INTO.exec(sql);
  if (!found) {
    // Nobody but the superuser has the right FILE on Aurora.
    if (/\binto\s+(outfile|dumpfile)\s/i.test(sql)) throw missingRight('FILE');
    return undefined;
  }
  const [clause, uri] = found as unknown as [string, string];
  const [, bucketUri, bucket, prefix] =
    /^(s3(?:-[a-z0-9-]+)?:\/\/([a-z0-9.-]+))\/(.+)$/.exec(uri) ?? [];
  if (!bucketUri || !bucket || !prefix) throw refuse(`Incorrect S3 URI '${uri}'`);
  const before = sql.slice(0, found.index);
  let after = sql.slice(found.index + clause.length);
  const other = OTHERS.exec(after);
  if (other) throw refuse(`the rehearsal does not know ${other[0]} of INTO OUTFILE S3`);
  const isOn = (name: string): boolean => {
    const said = switchOf(name).exec(after);
    after = after.replace(switchOf(name), (words) => `/* ${words} */`);
    return said?.[1]?.toLowerCase() === 'on';
  };
  const manifest = isOn('manifest');
  const overwrite = isOn('overwrite');
  return {
    bucketUri,
    bucket,
    prefix,
    manifest,
    overwrite,
    into: (file) => `${before}into outfile '${file}' /* s3 '${uri}' */ ${after}`,
  };
}

/** What Aurora says to a user without a right. */
export const missingRight = (right: string): SqlError =>
  new SqlError(
    1227,
    '42000',
    `Access denied; you need (at least one of) the ${right} privilege(s) for this operation`,
  );
