// Follows an execution until it is closed: shows where it stands and answers its gates.

import { setTimeout as delay } from 'node:timers/promises';
import type { GateItem } from '../../lambdas/shared/gates';
import type { RunningCloud } from '../rehearsal/cloud';
import { currentState, describe } from './history';
import type { LedgerView } from './ledger-view';
import type { Operator } from './operator';
import { ProgressLine } from './progress';
import type { Terminal } from './terminal';

const LOOK_EVERY_MS = 300;

/** Time, and what rings when a gate asks. */
type Bell = Pick<RunningCloud, 'clock' | 'onNotice'>;

export interface FollowOptions {
  readonly operator: Operator;
  readonly ledger: LedgerView;
  readonly cloud: Bell;
  readonly terminal: Terminal;
  readonly approve: boolean;
  readonly signal: AbortSignal;
}

/** Follows until the execution is not RUNNING; returns its status. */
export async function follow(executionArn: string, options: FollowOptions): Promise<string> {
  const standstill = new Standstill(options.cloud);
  try {
    return await look(executionArn, options, standstill);
  } finally {
    standstill.end();
  }
}

/**
 * Virtual time would pass the seven days of a gate before anybody has read it. A gate publishes a
 * notice when it has asked: time stands still from there until no gate is open.
 */
class Standstill {
  private release: (() => void) | undefined;
  private notices = 0;
  private readonly deafen: () => void;

  constructor(cloud: Bell) {
    this.deafen = cloud.onNotice(() => {
      this.notices++;
      this.release ??= cloud.clock.hold();
    });
  }

  /** Looks at the open gates; time goes on when there is none and nobody has rung meanwhile. */
  async unless<Gate>(open: () => Promise<Gate[]>): Promise<Gate[]> {
    const { notices } = this;
    const gates = await open();
    if (gates.length === 0 && notices === this.notices) this.go();
    return gates;
  }

  end(): void {
    this.deafen();
    this.go();
  }

  private go(): void {
    this.release?.();
    this.release = undefined;
  }
}

async function look(
  executionArn: string,
  options: FollowOptions,
  standstill: Standstill,
): Promise<string> {
  const { operator, ledger, terminal, signal } = options;
  const line = new ProgressLine();
  const { clock } = options.cloud;
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
    const open = () => (runId ? ledger.openGates(runId) : Promise.resolve([]));
    for (const gate of await standstill.unless(open)) {
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
