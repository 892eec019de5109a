import { RedshiftClient } from '@aws-sdk/client-redshift';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { S3Client } from '@aws-sdk/client-s3';
import { dataApiFor, perRegion } from '../shared/clients';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { ACCESS, openCluster } from '../shared/kubernetes/access';
import { connectMySql } from '../shared/mysql/connect';
import { firstKeyOf, rolesOf } from './clients';
import { preflightBackfill } from './core';
import type { PreflightBackfillPayload } from './payload';

const redshift = perRegion((settings) => new RedshiftClient(settings));
const serverless = perRegion((settings) => new RedshiftServerlessClient(settings));
const s3 = perRegion((settings) => new S3Client(settings));

export const handler = taskHandler((payload: PreflightBackfillPayload) => {
  const { warehouse, region } = payload;
  return preflightBackfill(payload, {
    ...waitingDeps(connectMySql),
    dataApi: dataApiFor,
    cluster: (ref) => openCluster(ref, ACCESS),
    rolesOf: rolesOf(warehouse, redshift(region), serverless(region)),
    firstKey: firstKeyOf(s3(region), region),
  });
});
