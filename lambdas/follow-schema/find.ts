// Finds the execution that makes an application's schema. The solution names it `<app>-<stamp>-<n>`; other
// names, ours among them, are told by the folder their first file lies in.

import { type ExecutionListItem, ListExecutionsCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { describeExecution } from '../shared/foreign-executions';

export interface FoundExecution {
  readonly arn: string;
  readonly startedAt: number;
  readonly status: string;
}

/** More of one machine than any pipeline makes while Step Functions remembers them. */
const MOST_LISTED = 1_000;
const NAME = /^([^-]+)-(\d{8}T\d{9}Z)-[^-]+$/;
const FOLDER = /\/sqls\/([^/]+)-\d{8}T\d{9}Z\/[^/]*$/;

/** The newest execution for an application that began at or after an instant; they are listed newest first. */
export async function newestExecution(
  sfn: Pick<SFNClient, 'send'>,
  stateMachineArn: string,
  appId: string,
  since: number,
): Promise<FoundExecution | undefined> {
  let nextToken: string | undefined;
  let listed = 0;
  do {
    const page = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 100, nextToken }),
    );
    for (const one of page.executions ?? []) {
      const startedAt = Number(one.startDate);
      if (startedAt < since) return undefined;
      if ((await appOf(sfn, one)) === appId) {
        return { arn: one.executionArn!, startedAt, status: one.status! };
      }
    }
    listed += page.executions?.length ?? 0;
    nextToken = page.nextToken;
  } while (nextToken && listed < MOST_LISTED);
  return undefined;
}

async function appOf(
  sfn: Pick<SFNClient, 'send'>,
  { name, executionArn }: ExecutionListItem,
): Promise<string | undefined> {
  const named = NAME.exec(name ?? '')?.[1];
  if (named !== undefined) return named;
  const sqls = sqlsOf((await describeExecution(sfn, executionArn!))?.input);
  return FOLDER.exec(sqls.find((sql) => sql.startsWith('s3://')) ?? '')?.[1];
}

/** The list of an execution: addresses of files, and SQL as it is. Empty for an input of another form. */
export function sqlsOf(input: string | undefined): readonly string[] {
  try {
    const { sqls } = JSON.parse(input ?? '{}') as { sqls?: unknown };
    return Array.isArray(sqls) ? sqls.map(String) : [];
  } catch {
    return [];
  }
}
