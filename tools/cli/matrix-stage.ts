// Where a matrix plays: one assembly, one filled warehouse to copy, and the clean run of each scene.

import { RealClock } from '../rehearsal/clock';
import { Cloud } from '../rehearsal/cloud';
import { readWarehouse } from '../rehearsal/cloud/account';
import type { FaultSpec } from '../rehearsal/faults/faults';
import type { WarehouseTemplate } from '../rehearsal/warehouse/template';
import { Warehouse } from '../rehearsal/warehouse/warehouse';
import { UsageError } from './errors';
import { findMachine, machinesOf } from './machines';
import type { Seen } from './matrix-cases';
import { type Played, playScene, type Scene, type Step } from './matrix-scene';
import type { MatrixOptions } from './options';
import { builtIns } from './scenario';
import { unlessInterrupted } from './signals';
import { type Ground, prepareGround } from './stage';

/** Real time a run may take; one that goes on has lost its way. */
const LONGEST_MS = 900_000;

/**
 * Delays here and there, of the tasks only: time stands still while a gate is answered. What they
 * change depends on time.
 */
const JITTER = ['service=dynamodb', 'service=redshift-data'].map(
  (where, i) => `kind=delay,state=*,${where},seconds=3,probability=0.2,seed=${i + 1}`,
);

/** Enough for every branch of the procedures, little enough for hundreds of runs. */
const rowsOf = ({ rows = 200 }: MatrixOptions): number => rows;

interface Clean extends Pick<Played, 'calls' | 'end'> {
  /** Names of what is not the same in two clean runs. */
  readonly volatile: ReadonlySet<string>;
}

export class MatrixStage {
  static async prepare(
    machine: string | undefined,
    options: MatrixOptions,
    signal: AbortSignal,
    say: (text: string) => void,
  ): Promise<MatrixStage> {
    const stage = await prepareGround(machine ?? builtIns()[0]!, options, signal, say);
    try {
      return new MatrixStage(stage, machine, options, signal);
    } catch (error) {
      stage.close();
      throw error;
    }
  }

  readonly scenes: readonly Scene[];
  private readonly clean = new Map<string, Clean>();
  private readonly startAt = Date.now();
  private readonly templates = new Map<string, Promise<WarehouseTemplate>>();

  private constructor(
    private readonly stage: Ground,
    machine: string | undefined,
    private readonly options: MatrixOptions,
    readonly signal: AbortSignal,
  ) {
    const { scenario } = stage;
    const written = scenario.json<Scene[]>('matrix', '') ?? [];
    const own = written.filter(({ steps }) => steps.some((step) => step.machine === machine));
    if (machine === undefined) this.scenes = written;
    else this.scenes = own.length > 0 ? own : [{ name: machine, steps: [{ machine }] }];
    if (this.scenes.length === 0) {
      throw new UsageError(`scenario ${scenario.name} has no matrix.json: name a machine`);
    }
  }

  /** The cloud assembly that is played. */
  get assembly(): string {
    return this.stage.assembly;
  }

  /** Plays a scene twice, the second time with delays; says how often it had to be redriven in both. */
  async playClean(scene: Scene): Promise<{
    readonly calls: readonly Seen[];
    readonly volatile: ReadonlySet<string>;
    readonly redrives: number;
  }> {
    const { calls, end, redrives } = await this.play(scene, []);
    const bad = [...end].filter(
      ([name, value]) => name.startsWith('execution ') && /: /.test(value),
    );
    if (bad.length > 0)
      throw new Error(`scene "${scene.name}" has no clean run: ${bad.join('; ')}`);
    const other = await this.play(scene, JITTER);
    const names = [...new Set([...end.keys(), ...other.end.keys()])];
    const volatile = new Set(names.filter((name) => end.get(name) !== other.end.get(name)));
    this.clean.set(scene.name, { calls, end, volatile });
    return { calls, volatile, redrives: redrives + other.redrives };
  }

  async playWith(name: string, faults: readonly FaultSpec[]) {
    const scene = this.scenes.find((one) => one.name === name)!;
    const { end, volatile } = this.clean.get(name)!;
    const played = await this.play(
      scene,
      faults.map((fault) => JSON.stringify(fault)),
    );
    return { clean: end, volatile, played };
  }

  async close(): Promise<void> {
    const made = await Promise.allSettled(this.templates.values());
    for (const one of made) if (one.status === 'fulfilled') await one.value.stop();
    this.stage.close();
  }

  /** The filled warehouse of a scene; scenes that begin alike share it. */
  private async template(machine: string): Promise<WarehouseTemplate | undefined> {
    const contents = readWarehouse({ ...this.stage, machine, rows: rowsOf(this.options) });
    if (!contents) return undefined;
    const key = JSON.stringify(contents.settings ?? {});
    const known = this.templates.get(key);
    const template = known ?? Warehouse.template({ clock: new RealClock(), ...contents });
    this.templates.set(key, template);
    return await template;
  }

  private async play(scene: Scene, faults: readonly string[]): Promise<Played> {
    const { startAt, stage, options, signal } = this;
    signal.throwIfAborted();
    const { assembly: assemblyDir, scenarioDir } = stage;
    const rows = rowsOf(options);
    const machine = scene.account ?? scene.steps[0]!.machine;
    const template = await this.template(machine);
    const where = { assemblyDir, scenarioDir, machine };
    const cloud = await Cloud.start({ ...where, rows, faults, template, startAt });
    const late = AbortSignal.timeout(LONGEST_MS);
    const either = AbortSignal.any([signal, late]);
    try {
      return await unlessInterrupted(
        either,
        playScene(cloud, this.withInput(scene), faults.length),
      );
    } finally {
      await cloud.stop();
    }
  }

  /** Machines by their whole names, inputs of the scenario where the scene gives none. */
  private withInput({ steps, ...scene }: Scene): Scene {
    const known = machinesOf(this.stage.assembly);
    const whole = (step: Step): Step => {
      const { scenario } = this.stage;
      const input = step.input ?? scenario.json('input', step.machine) ?? {};
      return { ...step, input, machine: findMachine(known, step.machine).name };
    };
    return { ...scene, steps: steps.map(whole) };
  }
}
