// Applications of EMR Serverless, and job runs that go through their states in the course of time.

import type { Clock } from '../../types';

export const JOB_STATES = [
  'SUBMITTED',
  'PENDING',
  'SCHEDULED',
  'RUNNING',
  'QUEUED',
  'CANCELLING',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
] as const;

/** An application. */
export interface Application {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly created: number;
  /** When it stops, if nothing runs; undefined: it was never started. */
  startedUntil?: number;
  deleted?: boolean;
}

/** A job run. */
export interface JobRun {
  readonly id: string;
  readonly name: string;
  readonly application: Application;
  readonly created: number;
  updated: number;
  state: (typeof JOB_STATES)[number];
}

/** How a job run goes. */
export interface JobWork {
  readonly name?: string;
  /** How long it runs. */
  readonly seconds: number;
  /** Called when it has succeeded, before anybody is told. */
  readonly onSuccess?: () => void;
  readonly fails?: boolean;
}

/** An application stops by itself when it had no job for 15 minutes, unless it was told otherwise. */
const IDLE_MS = 15 * 60_000;
/** From one state to the next, before a job runs. */
const STEP_SECONDS = 5;

const idOf = (kind: string, number: number) => `00${kind}${number.toString(36).padStart(13, '0')}`;

/** All of them; who simulates the owner of an application makes them here. */
export class Jobs {
  readonly applications: Application[] = [];
  readonly runs: JobRun[] = [];

  constructor(
    private readonly clock: Clock,
    /** Told of each change of a job run's state. */
    private readonly changed: (run: JobRun, before: string | undefined) => void,
  ) {}

  /** Makes an application; returns its id. */
  createApplication(name: string, region: string): string {
    const id = idOf('f', this.applications.length + 1);
    this.applications.push({ id, name, region, created: this.clock.now() });
    return id;
  }

  /** Deletes an application; throws while it is started. */
  deleteApplication(id: string): void {
    const application = this.application(id);
    if (this.stateOf(application) === 'STARTED') throw new Error(`application ${id} is started`);
    application.deleted = true;
  }

  /** Ids of the applications of a name, oldest first. */
  named(name: string): readonly string[] {
    const found = this.applications.filter((one) => one.name === name && !one.deleted);
    return found.map(({ id }) => id);
  }

  stateOf({ startedUntil }: Application): 'CREATED' | 'STARTED' | 'STOPPED' {
    if (startedUntil === undefined) return 'CREATED';
    return startedUntil > this.clock.now() ? 'STARTED' : 'STOPPED';
  }

  /** Starts a job run, which goes its way; returns its id. */
  startJobRun(applicationId: string, work: JobWork): string {
    const { name = 'job', seconds, onSuccess, fails } = work;
    const application = this.application(applicationId);
    const created = this.clock.now();
    const id = idOf('j', this.runs.length + 1);
    const run: JobRun = { id, name, application, created, updated: created, state: 'SUBMITTED' };
    this.runs.push(run);
    application.startedUntil = Number.POSITIVE_INFINITY;
    this.changed(run, undefined);
    const later = (after: number, state: JobRun['state'], first = () => {}) => {
      const move = () => {
        first();
        const before = run.state;
        Object.assign(run, { state, updated: this.clock.now() });
        this.changed(run, before);
      };
      this.clock.at(created + after * 1000, move, 'background');
    };
    later(STEP_SECONDS, 'PENDING');
    later(2 * STEP_SECONDS, 'SCHEDULED');
    later(3 * STEP_SECONDS, 'RUNNING');
    later(3 * STEP_SECONDS + seconds, fails ? 'FAILED' : 'SUCCESS', () => {
      const others = this.runs.some((one) => one !== run && this.isActive(one, application));
      if (!others) application.startedUntil = this.clock.now() + IDLE_MS;
      if (!fails) onSuccess?.();
    });
    return id;
  }

  private isActive({ application, state }: JobRun, of: Application): boolean {
    return application === of && !['SUCCESS', 'FAILED', 'CANCELLED'].includes(state);
  }

  private application(id: string): Application {
    const found = this.applications.find((one) => one.id === id && !one.deleted);
    if (!found) throw new Error(`there is no application ${id}`);
    return found;
  }
}
