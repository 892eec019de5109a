// Input of an execution that goes through the list of a refused one, without the functions in Python.

import { editedSchemaList } from '../shared/clickstream/schema-list';
import { ForeignExecutionError } from '../shared/errors';

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_INPUT_BYTES = 262_144;

/**
 * Files that stay as they are stay addresses; edited ones become text.
 *
 * @param read text of a file by its address
 * @param known functions that external ones stand for
 */
export async function editedInput(
  sqls: readonly string[],
  known: readonly string[],
  read: (uri: string) => Promise<string>,
): Promise<string> {
  if (sqls.length === 0) {
    throw new ForeignExecutionError(
      'the refused execution has no list of SQL in its input; retry the upgrade in the web console, then redrive',
    );
  }
  const texts: string[] = [];
  for (const sql of sqls) texts.push(sql.startsWith('s3://') ? await readFile(sql, read) : sql);
  const { files, functions } = editedSchemaList(texts);
  const unknown = functions.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new ForeignExecutionError(
      `the schema's SQL makes functions in Python that have no replacement: ${unknown.join(', ')}. This version of the solution ` +
        'is newer than this release of the runbooks: update the runbooks, then start a new execution with continueRun',
    );
  }
  const list = files.map(({ index, sql, edited }) => (edited ? sql : sqls[index]!));
  const input = JSON.stringify({ sqls: list });
  if (Buffer.byteLength(input) > MOST_INPUT_BYTES) {
    throw new ForeignExecutionError(
      `the list without Python functions has ${Buffer.byteLength(input)} bytes, an execution takes ${MOST_INPUT_BYTES}: ` +
        'run the edited files in the query editor as the owner of the schema, then redrive',
    );
  }
  return input;
}

async function readFile(uri: string, read: (uri: string) => Promise<string>): Promise<string> {
  try {
    return await read(uri);
  } catch (error) {
    const { name, message } = error as Error;
    if (!/^(NoSuchKey|NoSuchBucket|AccessDenied|NotFound|Forbidden)$/.test(name)) throw error;
    throw new ForeignExecutionError(
      `${uri} of the schema's SQL cannot be read (${name}: ${message}). If it is gone, retry the upgrade in the web console, which ` +
        'writes it again; if it is denied, let this task read it and decrypt with its key. Then redrive',
      { cause: error },
    );
  }
}
