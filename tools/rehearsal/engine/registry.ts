// Which executions and Map Runs there are, in memory or in the spill file.
import { ServiceError } from '../types';
import { type Entry, entryOf, groupOf } from './children';
import { describeExecution, type ExecutionDescription } from './descriptions';
import { Execution } from './execution';
import type { HistoryEvent } from './history';
import type { MapRun } from './map-run';
import { Spill } from './spill';

/** The place of a child whose record is in the spill file. */
interface PutAway {
  readonly run: MapRun;
  readonly index: number;
}

const EXECUTION_ARN = /^arn:[\w-]+:states:[^:]*:[^:]*:execution:[^:]+:([^:]+)$/;

export class Registry {
  readonly spill = new Spill();
  private readonly executions = new Map<string, Execution>();
  private readonly mapRuns = new Map<string, MapRun>();
  /** By the ARN of the execution they belong to. */
  private readonly runsOf = new Map<string, MapRun[]>();
  /** By what the names of their children have in common. */
  private readonly runsOfChildren = new Map<string, MapRun>();

  register(thing: Execution | MapRun): void {
    const { arn } = thing;
    if (thing instanceof Execution) {
      this.executions.set(arn, thing);
      return;
    }
    this.mapRuns.set(arn, thing);
    this.runsOfChildren.set(groupOf(thing.children.nameOf(0)), thing);
    this.runsOf.set(thing.parent.arn, [...this.mapRunsOf(thing.parent.arn), thing]);
  }

  /** Drops an execution whose record is in the spill file. */
  forget({ arn }: Execution): void {
    this.executions.delete(arn);
  }

  /** An execution in memory. */
  known(arn: string): Execution | undefined {
    return this.executions.get(arn);
  }

  /** @throws ServiceError ExecutionDoesNotExist or InvalidArn */
  find(arn: string): Execution | PutAway {
    const execution = this.executions.get(arn);
    if (execution !== undefined) return execution;
    const [, name] = EXECUTION_ARN.exec(arn) ?? [];
    if (name === undefined) throw new ServiceError('InvalidArn', `Invalid Arn: '${arn}'`);
    const run = this.runsOfChildren.get(groupOf(name));
    const index = run?.children.find(name);
    if (run !== undefined && index !== undefined && run.childArn(name) === arn) {
      return { run, index };
    }
    throw new ServiceError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  describe(arn: string): ExecutionDescription {
    const found = this.find(arn);
    if (found instanceof Execution) return describeExecution(found);
    return found.run.children.description(found.index);
  }

  events(arn: string): readonly HistoryEvent[] {
    const found = this.find(arn);
    return found instanceof Execution ? found.events : found.run.children.events(found.index);
  }

  mapRun(arn: string): MapRun {
    const run = this.mapRuns.get(arn);
    if (run !== undefined) return run;
    throw new ServiceError('ResourceNotFound', `Resource not found: '${arn}'`);
  }

  /** Map Runs of an execution in the order of their starts. */
  mapRunsOf(executionArn: string): readonly MapRun[] {
    return this.runsOf.get(executionArn) ?? [];
  }

  /** Executions of a machine, without the children of its Map Runs. */
  entriesOf(stateMachineArn: string): Entry[] {
    return [...this.executions.values()]
      .filter(({ props: { mapRun, machine } }) => !mapRun && machine.arn === stateMachineArn)
      .map((execution) => entryOf(execution));
  }

  close(): void {
    for (const execution of this.executions.values()) execution.close('ABORTED', {});
    this.spill.close();
  }
}
