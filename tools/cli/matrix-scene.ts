// Plays one scene of a matrix in a cloud of its own: starts its machines one after the other, answers
// their gates and redrives what fails until it ends as the scene has it.

import type { Cloud } from '../rehearsal/cloud';
import { type FaultSpec, faultOf } from '../rehearsal/faults/faults';
import { subjectOf } from '../rehearsal/faults/subject';
import { ledgerTable } from './inside';
import { LedgerView } from './ledger-view';
import { type Seen, TRIES } from './matrix-cases';
import { endOf } from './matrix-end';
import { Operator } from './operator';

/** A machine that is started and followed to its end. */
export interface Step {
  /** Its name without the target. `answer` and others that gates start need no step. */
  readonly machine: string;
  /** `"$run"` in it is the id of the first step's run. @default - the scenario's */
  readonly input?: unknown;
  /** Faults from here on, in the clean run too: how a scene comes to a failure. */
  readonly faults?: readonly string[];
  /** Answer to its gates. @default 'approve' */
  readonly answer?: 'approve' | 'refuse';
  /** Error it fails with for good; other failures are redriven. @default - it succeeds */
  readonly failsWith?: string;
  /** Minutes from a failure to its redrive. @default 0 */
  readonly leaveMinutes?: number;
}

/** `matrix.json` of a scenario is a list of them. */
export interface Scene {
  readonly name: string;
  readonly steps: readonly Step[];
  /** Queries on MySQL clusters whose first row has to be the same in the end. @default - none */
  readonly look?: readonly {
    readonly name: string;
    readonly cluster: string;
    readonly sql: string;
  }[];
  /** `<account>` of the scenario's `cloud.<account>.json`. @default - the first step's machine */
  readonly account?: string;
}

/** What came of a scene. */
export interface Played {
  /** Calls of the tasks that came through. */
  readonly calls: readonly Seen[];
  /** What was there at the end, by name. */
  readonly end: ReadonlyMap<string, string>;
  readonly redrives: number;
  /** Faults that have struck. */
  readonly struck: readonly FaultSpec[];
}

/** What the redrives themselves need, and what the scene breaks; a fault may need one for each time it strikes. */
const REDRIVES = 5;

/** Longer than the watch over failed runs waits, in parts that count as waiting for nobody. */
const QUIET_MINUTES = [50, 50, 50];

/** Plays it, with so many faults to be tried; machines stand in it by their whole names. */
export async function playScene(cloud: Cloud, scene: Scene, faults: number): Promise<Played> {
  const { steps, look = [] } = scene;
  const calls: Seen[] = [];
  cloud.onCall((call, input) => calls.push({ ...call, subject: subjectOf(call, input) }));
  const struck = cloud.faults.applied.length;
  const player = new Player(cloud, steps[0]!.machine, REDRIVES + TRIES * faults);
  try {
    for (const step of steps) await player.play(step);
    for (const minutes of QUIET_MINUTES) await cloud.clock.sleep(minutes * 60_000);
    const end = new Map([...player.outcomes, ...(await endOf(cloud, player.table))]);
    for (const { name, cluster, sql } of look) {
      const seen = cloud.query(sql, cluster).then(([row]) => JSON.stringify(row));
      // A run that came to another end may not have made the table; a clean one has.
      end.set(name, await (faults > 0 ? seen.catch(String) : seen));
    }
    const { redrives } = player;
    const applied = cloud.faults.applied.slice(struck).map(({ spec }) => spec);
    return { calls, end, redrives, struck: applied };
  } finally {
    player.close();
  }
}

class Player {
  redrives = 0;
  readonly outcomes = new Map<string, string>();
  readonly table: string;
  private readonly stack: string;
  private readonly ledger: LedgerView;
  private readonly endpoint: Operator;
  private readonly told = new Set<string>();
  private first?: string;
  private readonly fail = (error: Error) => this.outcomes.set('answers', error.message);

  constructor(
    private readonly cloud: Cloud,
    machine: string,
    private readonly most: number,
  ) {
    const arn = cloud.machineArn(machine);
    this.stack = cloud.resources.find(({ physicalId }) => physicalId === arn)!.stack;
    this.table = ledgerTable(cloud, this.stack);
    this.endpoint = new Operator(cloud, { name: machine, stack: this.stack });
    this.ledger = new LedgerView(this.endpoint.endpoint, this.table);
  }

  async play(step: Step): Promise<void> {
    const { cloud } = this;
    for (const fault of step.faults ?? []) cloud.faults.arm(faultOf(fault));
    const run = this.first && (await this.ledger.runOf(this.first));
    const input = JSON.stringify(step.input ?? {}).replaceAll('$run', run ?? 'run-unknown');
    const stateMachineArn = cloud.machineArn(step.machine);
    const { executionArn } = cloud.engine.start({ stateMachineArn, input });
    this.first ??= executionArn;
    const silence = cloud.onNotice(() => {
      this.answer(executionArn, step.answer ?? 'approve').catch(this.fail);
    });
    try {
      await this.follow(executionArn, step);
    } finally {
      silence();
    }
  }

  close(): void {
    this.ledger.close();
    this.endpoint.close();
  }

  /** Redrives until it ends as the step has it. */
  private async follow(arn: string, step: Omit<Step, 'machine'> & { isAnswer?: true }) {
    const { failsWith, leaveMinutes = 0, isAnswer } = step;
    const { engine, clock } = this.cloud;
    for (let tries = 0; ; tries++) {
      const { status, error, cause } = await engine.finished(arn);
      // It came too late, or to a state that broke: the gate asks again and is answered again.
      if (isAnswer && error === 'GateAnswerError') return;
      const asWanted = failsWith === undefined ? status === 'SUCCEEDED' : error === failsWith;
      if (asWanted || tries === this.most) {
        const machine = arn.split(':').at(-2)!;
        const earlier = [...this.outcomes.keys()].filter((name) => name.endsWith(` of ${machine}`));
        const name = `execution ${earlier.length + 1} of ${machine}`;
        this.outcomes.set(name, asWanted ? `${status}` : `${status}: ${error}: ${cause}`);
        return;
      }
      if (leaveMinutes > 0) await clock.sleep(leaveMinutes * 60_000);
      engine.redrive(arn);
      this.redrives++;
    }
  }

  /** Answers what a notice may be about, in an instant: time stands still. */
  private async answer(executionArn: string, answer: 'approve' | 'refuse'): Promise<void> {
    const release = this.cloud.clock.hold();
    try {
      const run = await this.ledger.runOf(executionArn);
      for (const gate of run ? await this.ledger.openGates(run) : []) {
        if (this.told.has(gate.token)) continue;
        this.told.add(gate.token);
        // The notice that asks may have died with its task; whoever finds the gate does what it asks for.
        await this.cloud.prepareGate(gate.name, run);
        const input = { ...this.endpoint.answerInput(run!, gate), answer };
        const stateMachineArn = this.cloud.machineArn(`${this.stack}-answer`);
        const { engine } = this.cloud;
        const { executionArn } = engine.start({ stateMachineArn, input: JSON.stringify(input) });
        this.follow(executionArn, { isAnswer: true }).catch(this.fail);
      }
    } finally {
      release();
    }
  }
}
