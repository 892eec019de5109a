// What every task around a stack is given, and where it comes from in Lambda.

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { ledgerFromEnv, sfnClient } from '../clients';
import { type Clock, systemClock } from '../clock';
import type { Ledger } from '../ledger';
import { CloudFormation } from './cloudformation';

export interface StackDeps {
  readonly ledger: Ledger;
  readonly sfn: Pick<SFNClient, 'send'>;
  readonly clock: Clock;
  /** The stack may be in another region than its runbook. */
  cloudFormation(region: string): CloudFormation;
}

const clients = new Map<string, CloudFormationClient>();

/** Clients of this container; needs LEDGER_TABLE. */
export function stackDeps(): StackDeps {
  return {
    ledger: ledgerFromEnv(),
    sfn: sfnClient(),
    clock: systemClock,
    cloudFormation(region) {
      const client = clients.get(region) ?? new CloudFormationClient({ region, maxAttempts: 4 });
      clients.set(region, client);
      return new CloudFormation(client);
    },
  };
}
