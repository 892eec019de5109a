import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EMRServerlessClient } from '@aws-sdk/client-emr-serverless';
import { SFNClient } from '@aws-sdk/client-sfn';
import { ledgerFromEnv, perRegion, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { runningExecutions } from '../shared/executions';
import { taskHandler } from '../shared/handler';
import { awaitLoads } from './core';
import type { AwaitLoadsPayload } from './payload';
import { pendingFiles, runningJobs } from './sources';

const emr = perRegion((settings) => new EMRServerlessClient(settings));
const states = perRegion((settings) => new SFNClient(settings));
const dynamo = perRegion((settings) => new DynamoDBClient(settings));

export const handler = taskHandler((payload: AwaitLoadsPayload, invocation) =>
  awaitLoads(
    payload,
    {
      ledger: ledgerFromEnv(),
      sfn: sfnClient(),
      clock: systemClock,
      runningJobs: (region, name) => runningJobs(emr(region), name),
      runningLoads: (region, machine) => runningExecutions(states(region), machine),
      pendingFiles: (region, table, of) => pendingFiles(dynamo(region), table, of),
    },
    invocation,
  ),
);
