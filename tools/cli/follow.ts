// Follows an execution until it is closed: shows where it stands and answers its gates.

import { setTimeout as delay } from 'node:timers/promises';
import type { GateItem } from '../../lambdas/shared/gates';
import type { Clock } from '../rehearsal/types';
import { currentState, describe } from './history';
import type { LedgerView } from './ledger-view';
import type { Operator } from './operator';
import { ProgressLine } from './progress';
import type { Terminal } from './terminal';

const LOOK_EVERY_MS = 300;

export interface FollowOptions {
  readonly operator: Operator;
  readonly ledger: LedgerView;
  readonly clock: Clock;
  readonly terminal: Terminal;
  readonly approve: boolean;
  readonly signal: AbortSignal;
}

/** Follows until the execution is not RUNNING; returns its status. */
export async function follow(executionArn: string, options: FollowOptions): Promise<string> {
  const { operator, ledger, clock, terminal, signal } = options;
  const line = new ProgressLine();
  const told = new Set<string>();
  for (;;) {
    const { status, startDate } = await describe(operator.sfn, executionArn);
    if (status !== 'RUNNING') {
      terminal.clear();
      return status ?? 'UNKNOWN';
    }
    const runId = await ledger.runOf(executionArn);
    const sight = {
      seconds: (clock.now() - startDate!.getTime()) / 1000,
      state: await currentState(operator.sfn, executionArn),
      steps: runId ? await ledger.progress(runId) : [],
    };
    const { text, key } = line.text(sight);
    terminal.live(text, key);
    for (const gate of runId ? await ledger.openGates(runId) : []) {
      if (told.has(gate.token)) continue;
      told.add(gate.token);
      await answer(runId!, gate, options);
    }
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function answer(runId: string, gate: GateItem, options: FollowOptions): Promise<void> {
  const { operator, terminal, approve } = options;
  terminal.line();
  terminal.line(`Gate ${gate.name} asks:`);
  for (const line of gate.question.split('\n')) terminal.line(`  ${line}`);
  if (!approve) {
    for (const line of operator.answerByHand(runId, gate)) terminal.line(line);
    return;
  }
  terminal.line('Approved by --approve, through the answer machine.');
  await operator.approve(runId, gate);
}
