// What goes on while nobody upgrades anything: events arrive, a schedule starts data processing jobs, each
// over what arrived since the last one was submitted, and a job that succeeded starts the load.

import type { CloudEvent } from '../types';
import type { LifeData } from './data';
import type { Ground } from './ground';
import type { Generation, Loads } from './loads';

/** An EMR application: what it writes, and whether the pipeline still hears of its jobs. */
export interface Processing {
  readonly application: string;
  readonly generation: Generation;
}

/** Life of a pipeline. */
export class Life {
  private arrived = 0;
  private written = new Map<string, Promise<void>>();
  private cancel = () => {};
  private last = Promise.resolve();

  constructor(
    private readonly ground: Ground,
    private readonly loads: Loads,
    private readonly data: LifeData,
    /** The application jobs go to now. */
    private readonly processing: () => Processing,
  ) {}

  /** Begins; returns how to end it. */
  begin(): () => void {
    const { bus } = this.ground.around;
    const { submit, success } = this.ground.solution.rules;
    const ends = [
      bus.onRule(submit, () => this.next(() => this.submit())),
      bus.onRule(success, (event) => void this.succeeded(event)),
    ];
    this.arm();
    return () => {
      this.cancel();
      for (const end of ends) end();
    };
  }

  /** One after the other: what arrives while a job is submitted is the next one's. */
  private next(work: () => Promise<void>): void {
    const { last } = this;
    this.last = this.ground.held(() => last.then(work));
  }

  private arm(): void {
    const { clock } = this.ground.around;
    const due = () => {
      this.arm();
      this.next(() => this.arrive());
    };
    this.cancel = clock.at(clock.now() + this.data.everyMinutes * 60_000, due, 'background');
  }

  private async arrive(): Promise<void> {
    const { apps } = this.ground.solution;
    const number = ++this.arrived;
    const NAMES = ['_session_start', '_page_view', 'purchase'];
    for (const app of Object.keys(apps)) {
      for (let i = 0; i < this.data.events; i++) {
        const user = `live-${app}-${number % 5}`;
        await this.ground.ask(
          `insert into scenario.arrivals (event_id, app, happened_at, event_name, user_pseudo_id,
             session_id) values ($1, $2, rehearsal.now() - $3 * interval '1 second', $4, $5, $6)`,
          [
            `live-${app}-${number}-${i}`,
            app,
            this.data.events - i,
            NAMES[i % NAMES.length],
            user,
            `${user}-${number}`,
          ],
        );
      }
    }
  }

  /** What arrived since the last submission is this job's, whatever becomes of it. */
  async submit(): Promise<void> {
    const { around, solution } = this.ground;
    const { application, generation } = this.processing();
    const job = around.emr.jobs.startJobRun(application, {
      name: solution.project,
      seconds: this.data.jobSeconds,
      onSuccess: () =>
        void this.written.set(
          job,
          this.ground.held(() => this.loads.write(job, generation)),
        ),
    });
    const marker = JSON.stringify({ job, endTimestamp: this.ground.now });
    around.store.put(solution.bucket, `job-info/${solution.project}/job-latest.json`, marker);
    await this.ground.ask('insert into scenario.running_jobs values ($1)', [job]);
    await this.ground.ask('update scenario.arrivals set job = $1 where job is null', [job]);
  }

  /** Jobs of an application that is no longer the pipeline's are not heard of. */
  private async succeeded({ detail }: CloudEvent): Promise<void> {
    await this.written.get(String(detail.jobRunId));
    if (detail.applicationId !== this.processing().application) return;
    const stateMachineArn = this.ground.machine('load');
    this.ground.around.engine.start({ stateMachineArn });
  }
}
