// Plays a case: the machine with its mocked functions, and what the operator does in which order.
import { fail, House, type Payload } from '../engine/house';
import type { Action, Answer, Case, Look } from './case';
import { abridged } from './histories';

const NEVER = new Promise<never>(() => undefined);

export class Stage {
  readonly house = new House();
  arn = '';

  constructor(private readonly played: Case) {
    for (const [name, answers] of Object.entries(played.mocks ?? {})) this.mock(name, answers);
  }

  /** Throws what the service refuses the definition or the start with. */
  start(): void {
    const { definition, input = {}, inputBytes } = this.played;
    const text = inputBytes === undefined ? JSON.stringify(input) : textOf(inputBytes);
    const stateMachineArn = this.house.create('machine', definition);
    this.arn = this.house.engine.start({ stateMachineArn, name: 'run', input: text }).executionArn;
  }

  async act(action: Action): Promise<void> {
    const { refused, look, ...verbs } = action;
    const refusal = await this.perform(verbs).then(
      () => undefined,
      (error: { code?: string; message: string }) => error,
    );
    if (refused !== undefined) {
      expect(refusal?.code).toBe(refused.code);
      for (const part of refused.message ?? []) expect(refusal?.message).toContain(part);
    } else if (refusal !== undefined) throw refusal;
    if (look !== undefined) this.check(look);
  }

  /** Holds what DescribeExecution and DescribeMapRun say against what is expected of them. */
  check(look: Look): void {
    const { mapRuns, error, cause, redriveStatusReason: reason, output, ...exact } = look;
    const found = this.house.engine.describeExecution(this.arn);
    expect(found).toMatchObject(exact);
    const open = found.status === 'SUCCEEDED' || found.status === 'RUNNING';
    if (error !== undefined || open) expect(found.error).toBe(error);
    if (cause !== undefined) expect(abridged(cause, found.cause)).toBe(cause);
    if (reason !== undefined) expect(withoutPeriod(found.redriveStatusReason)).toBe(reason);
    expect(found.output === undefined).toBe(found.status !== 'SUCCEEDED');
    if (output !== undefined) expect(JSON.parse(found.output!)).toEqual(output);
    if (mapRuns === undefined) return;
    const runs = this.mapRuns();
    expect(runs).toHaveLength(mapRuns.length);
    for (const [i, { counts, children: _, ...expected }] of mapRuns.entries()) {
      expect(runs[i]).toMatchObject(expected);
      const { total } = runs[i].executionCounts;
      expect(runs[i].itemCounts.total).toBe(total);
      if (counts !== undefined) expect(runs[i].executionCounts).toMatchObject(counts);
    }
  }

  /** Map Runs in the order of their starts. */
  mapRuns(): Payload[] {
    const { items } = this.house.engine.listMapRuns(this.arn);
    return items
      .map(({ mapRunArn }) => this.house.engine.describeMapRun(mapRunArn as string))
      .reverse();
  }

  /** Children that were started, in the order of the items. */
  children(mapRunArn: string): Payload[] {
    return [...this.house.engine.listExecutions({ mapRunArn, maxResults: 1000 }).items].reverse();
  }

  private async perform(action: Omit<Action, 'refused' | 'look'>): Promise<void> {
    const { engine, denied } = this.house;
    const { stop, redrive, succeed, fail: failure, heartbeat, update, deny, allow } = action;
    if (action.wait !== undefined) await this.house.pass(action.wait);
    if (action.untilClosed) await engine.finished(this.arn);
    if (stop !== undefined) engine.stop(this.arn, stop.error, stop.cause);
    if (action.stopItem !== undefined) engine.stop(this.itemArn(action.stopItem));
    if (redrive !== undefined) engine.redrive(this.arn, redrive.clientToken);
    if (action.redriveItem !== undefined) engine.redrive(this.itemArn(action.redriveItem));
    if (action.startAgain) this.startAgain();
    if (succeed !== undefined) {
      engine.sendTaskSuccess(this.token(succeed), JSON.stringify(succeed.output));
    }
    if (failure !== undefined) {
      engine.sendTaskFailure(this.token(failure), failure.error, failure.cause);
    }
    if (heartbeat !== undefined) engine.sendTaskHeartbeat(this.token(heartbeat));
    if (update !== undefined) {
      engine.updateStateMachine(this.machineArn(), { QueryLanguage: 'JSONata', ...update });
    }
    if (deny !== undefined) denied.add(deny);
    if (allow !== undefined) denied.delete(allow);
  }

  private startAgain(): void {
    const input = JSON.stringify(this.played.input ?? {});
    this.house.engine.start({ stateMachineArn: this.machineArn(), name: 'run', input });
  }

  private machineArn(): string {
    return this.house.engine.stateMachines()[0]!.arn;
  }

  private itemArn(item: number): string {
    return this.children(this.mapRuns()[0].mapRunArn)[item].executionArn;
  }

  private token(of: { function: string; call: number }): string {
    return this.house.calls[of.function]![of.call - 1].token;
  }

  private mock(name: string, answers: readonly Answer[]): void {
    const { house } = this;
    const script = answers.flatMap((answer) =>
      Array<Answer>(typeof answer === 'object' && 'ok' in answer ? (answer.times ?? 1) : 1).fill(
        answer,
      ),
    );
    house.functions[name] = async (_payload, call) => {
      const answer = script[call - 1];
      if (answer === undefined) throw fail('TooManyCalls', `${name} was asked ${call} times`);
      if (answer === 'never') return NEVER;
      if ('bytes' in answer) return JSON.parse(textOf(answer.bytes));
      if (answer.after !== undefined) await house.clock.sleep(answer.after * 1000);
      if ('ok' in answer) return answer.ok;
      throw failure(answer.error, answer.cause);
    };
  }
}

const failure = (error: string, cause = '') => Object.assign(fail(error), { cause_: cause });

/** A JSON string that takes this many bytes. */
const textOf = (bytes: number): string => JSON.stringify('x'.repeat(bytes - 2));

/** The service's pages have the reasons with a full stop, its answers without. */
const withoutPeriod = (text: string | undefined): string | undefined => text?.replace(/\.$/, '');
