// Where data on its way to the warehouse can be, beside executions of the load workflow. Everything here only looks: a job that
// is cancelled leaves its time window unprocessed for ever.

import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import {
  type EMRServerlessClient,
  JobRunState,
  paginateListApplications,
  paginateListJobRuns,
} from '@aws-sdk/client-emr-serverless';

/** States of a job run that may still write files, or that are on their way out. */
const WORKING: JobRunState[] = [
  JobRunState.SUBMITTED,
  JobRunState.PENDING,
  JobRunState.SCHEDULED,
  JobRunState.RUNNING,
  JobRunState.CANCELLING,
  JobRunState.QUEUED,
];

/** Tables of the schema before 1.1.6, and of the one since. */
export const LEGACY_TABLES = ['event', 'event_parameter', 'user', 'item'] as const;
export const NEW_TABLES = ['event_v2', 'user_v2', 'item_v2', 'session'] as const;
const STATUSES = ['NEW', 'ENQUEUE', 'PROCESSING'] as const;
const INDEX = 'status_timestamp_index';

/**
 * Job runs that work, as `application/run`, in every application of the name: each version of the
 * solution makes a new one, and a job of an older one may still run.
 */
export async function runningJobs(client: EMRServerlessClient, name: string): Promise<string[]> {
  const jobs: string[] = [];
  for await (const { applications } of paginateListApplications({ client }, {})) {
    for (const application of applications ?? []) {
      if (application.name !== name || application.state === 'TERMINATED') continue;
      const applicationId = application.id!;
      for await (const page of paginateListJobRuns(
        { client },
        { applicationId, states: WORKING },
      )) {
        jobs.push(...(page.jobRuns ?? []).map(({ id }) => `${applicationId}/${id}`));
      }
    }
  }
  return jobs;
}

/** How many files wait, by `<table>#<status>`; those without any are left out. */
export async function pendingFiles(
  client: Pick<DynamoDBClient, 'send'>,
  table: string,
  of: readonly string[],
): Promise<Record<string, number>> {
  const pending: Record<string, number> = {};
  for (const status of of.flatMap((name) => STATUSES.map((one) => `${name}#${one}`))) {
    let start: Record<string, never> | undefined;
    do {
      const { Count, LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: INDEX,
          Select: 'COUNT',
          KeyConditionExpression: 'job_status = :status',
          ExpressionAttributeValues: { ':status': { S: status } },
          ExclusiveStartKey: start,
        }),
      );
      if (Count) pending[status] = (pending[status] ?? 0) + Count;
      start = LastEvaluatedKey as Record<string, never> | undefined;
    } while (start);
  }
  return pending;
}
