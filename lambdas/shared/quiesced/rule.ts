// Rules of EventBridge: what starts jobs is disabled for a while.

import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  type EventBridgeClient,
} from '@aws-sdk/client-eventbridge';
import { QuiesceError } from '../errors';
import type { QuiescedKind, Seen, Thing } from './thing';

type RuleState = 'ENABLED' | 'DISABLED';

/** Another call changes the rule at this moment; the next round asks again. */
const BUSY = 'ConcurrentModificationException';

export class RuleKind implements QuiescedKind<RuleState> {
  constructor(private readonly client: (region: string) => Pick<EventBridgeClient, 'send'>) {}

  async read({ name, region }: Thing): Promise<Seen<RuleState> | undefined> {
    try {
      const { State } = await this.client(region).send(new DescribeRuleCommand({ Name: name }));
      if (State === 'ENABLED' || State === 'DISABLED') return { state: State, busy: false };
      throw new QuiesceError(
        `rule ${name} in ${region} is ${State}, and EnableRule could not make it so again: it is no schedule. Disable it by hand, then redrive`,
      );
    } catch (error) {
      if ((error as Error).name === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  }

  during(): RuleState {
    return 'DISABLED';
  }

  is(now: RuleState, wanted: RuleState): boolean {
    return now === wanted;
  }

  async set({ name, region }: Thing, wanted: RuleState): Promise<void> {
    const Command = wanted === 'ENABLED' ? EnableRuleCommand : DisableRuleCommand;
    try {
      await this.client(region).send(new Command({ Name: name }));
    } catch (error) {
      if ((error as Error).name !== BUSY) throw error;
    }
  }
}
