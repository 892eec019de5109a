// The handlers of all kinds, with clients that are made once a container and region.

import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { RedshiftServerlessClient } from '@aws-sdk/client-redshift-serverless';
import { perRegion } from '../clients';
import { systemClock } from '../clock';
import { ingestionClients } from '../ingestion/clients';
import { ACCESS, openCluster } from '../kubernetes/access';
import { CapacityKind } from './capacity';
import { DeploymentKind } from './deployment';
import { IngestionKind } from './ingestion';
import { RuleKind } from './rule';
import type { QuiescedKinds } from './thing';

/** Another kind of thing is one more line here and in {@link Kind}. */
export const QUIESCED: QuiescedKinds = {
  rule: new RuleKind(perRegion((settings) => new EventBridgeClient(settings))),
  capacity: new CapacityKind(perRegion((settings) => new RedshiftServerlessClient(settings))),
  ingestion: new IngestionKind(ingestionClients),
  deployment: new DeploymentKind((cluster) => openCluster(cluster, ACCESS), systemClock.now),
};
