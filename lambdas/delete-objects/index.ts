import { S3Client } from '@aws-sdk/client-s3';
import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { Buckets } from './bucket';
import { deleteObjects } from './core';
import type { DeleteObjectsPayload } from './payload';

// Buckets may be in the region of the warehouse.
const buckets = new Buckets(new S3Client({ maxAttempts: 4, followRegionRedirects: true }));

export const handler = taskHandler((payload: DeleteObjectsPayload, invocation) =>
  deleteObjects(
    payload,
    { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock, buckets },
    invocation,
  ),
);
