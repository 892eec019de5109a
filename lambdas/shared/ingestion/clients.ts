// Clients of the services that ingestion servers are made of.

import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { perRegion } from '../clients';

/** What servers are asked and changed with, in one region. */
export interface IngestionClients {
  readonly ecs: ECSClient;
  readonly groups: AutoScalingClient;
  /**
   * For calls that must not be sent twice: an instance that is terminated again may be counted again.
   * After a lost answer the next round looks before it acts.
   */
  readonly once: AutoScalingClient;
  readonly scaling: ApplicationAutoScalingClient;
  readonly targets: ElasticLoadBalancingV2Client;
}

/** The clients of a region. */
export const ingestionClients = perRegion(
  (settings): IngestionClients => ({
    ecs: new ECSClient(settings),
    groups: new AutoScalingClient(settings),
    once: new AutoScalingClient({ ...settings, maxAttempts: 1 }),
    scaling: new ApplicationAutoScalingClient(settings),
    targets: new ElasticLoadBalancingV2Client(settings),
  }),
);
