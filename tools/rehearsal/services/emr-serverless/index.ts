// EMR Serverless's API, as far as one looks at applications and job runs.
// https://docs.aws.amazon.com/emr-serverless/latest/APIReference/

import { type Clock, type CloudEvent, ServiceError, type ServiceRequest } from '../../types';
import { integer, listOf, needed, oneOf, read, text } from '../members';
import { PageTokens } from '../page-tokens';
import { type HttpAnswer, type HttpInput, json, type RestService } from '../protocols';
import { type Application, JOB_STATES, type JobRun, Jobs } from './jobs';

export type * from './jobs';

/** Key `emr` of `cloud.json`. */
export interface EmrData {
  readonly applications: readonly { readonly name: string; readonly region?: string }[];
}

const MOST = 50;
const ID = needed(text(1, 64, { pattern: /^[0-9a-z]+$/ }));
const PAGED = { maxResults: integer(1, MOST), nextToken: text(1, 1024) };
const APPLICATION_STATES = oneOf(
  'CREATING',
  'CREATED',
  'STARTING',
  'STARTED',
  'STOPPING',
  'STOPPED',
  'TERMINATED',
);
const APPLICATIONS = { ...PAGED, states: listOf(needed(APPLICATION_STATES), 1, 7) };
const JOB_RUNS = { ...PAGED, applicationId: ID, states: listOf(oneOf(...JOB_STATES), 1, 8) };
const JOB_RUN = { applicationId: ID, jobRunId: ID };

const PATH = /^\/applications(?:\/([^/]+)\/jobruns(?:\/([^/]+))?)?$/;

/** The API. */
export class EmrServerlessService implements RestService {
  readonly target = 'emr-serverless';
  readonly protocol = 'rest-json';
  readonly jobs: Jobs;
  private readonly tokens: PageTokens;

  constructor(
    clock: Clock,
    /** ARN of what there is in a region. */
    private readonly arn: (resource: string, region?: string) => string,
    private readonly publish: (event: CloudEvent) => void,
    { applications }: EmrData = { applications: [] },
  ) {
    this.tokens = new PageTokens(clock, 'ValidationException');
    this.jobs = new Jobs(clock, (...change) => this.tell(...change));
    const ours = arn('').split(':')[3]!;
    for (const { name, region = ours } of applications) this.jobs.createApplication(name, region);
  }

  operationOf({ method, path }: HttpInput): string | undefined {
    const [known, application, run] = PATH.exec(path) ?? [];
    if (method !== 'GET' || known === undefined) return undefined;
    return run ? 'GetJobRun' : application ? 'ListJobRuns' : 'ListApplications';
  }

  async call(request: ServiceRequest<HttpInput>): Promise<HttpAnswer> {
    const body = json(this.answer(request, membersOf(request.input)));
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }

  private answer(request: ServiceRequest<HttpInput>, given: Record<string, unknown>): object {
    const { operation, region } = request;
    const authorize = (resource: string) =>
      request.authorize(`emr-serverless:${operation}`, resource);
    if (operation === 'ListApplications') {
      const input = read(given, APPLICATIONS);
      authorize('*');
      const { jobs } = this;
      const own = jobs.applications.filter((one) => one.region === region && !one.deleted);
      const meant = own.filter((one) => input.states?.includes(jobs.stateOf(one)) ?? true);
      const describe = (one: Application) => this.describe(one);
      const { items, nextToken } = this.tokens.of(operation, paged(input), meant, describe);
      return { applications: items, nextToken };
    }
    if (operation === 'GetJobRun') {
      const { applicationId, jobRunId } = read(given, JOB_RUN);
      authorize(this.arn(`/applications/${applicationId}/jobruns/${jobRunId}`, region));
      const run = this.runsOf(applicationId, region).find(({ id }) => id === jobRunId);
      if (!run) throw missing('JobRun', jobRunId);
      return { jobRun: { ...this.describeRun(run), jobRunId, jobDriver: {} } };
    }
    const input = read(given, JOB_RUNS);
    authorize(this.arn(`/applications/${input.applicationId}`, region));
    const all = this.runsOf(input.applicationId, region);
    const meant = all.filter(({ state }) => input.states?.includes(state) ?? true);
    const describe = (run: JobRun) => ({ ...this.describeRun(run), id: run.id });
    const { items, nextToken } = this.tokens.of(operation, paged(input), meant, describe);
    return { jobRuns: items, nextToken };
  }

  private runsOf(applicationId: string, region: string): readonly JobRun[] {
    const { applications, runs } = this.jobs;
    const found = applications.find(({ id, deleted }) => id === applicationId && !deleted);
    if (found?.region !== region) throw missing('Application', applicationId);
    return runs.filter(({ application }) => application === found);
  }

  private describe(application: Application) {
    const { id, name, region, created } = application;
    const createdAt = new Date(created);
    return {
      id,
      name,
      arn: this.arn(`/applications/${id}`, region),
      releaseLabel: 'emr-6.15.0',
      type: 'Spark',
      state: this.jobs.stateOf(application),
      createdAt,
      updatedAt: createdAt,
    };
  }

  private describeRun({ id, name, application, state, created, updated }: JobRun) {
    const role = this.arn('').replace(/emr-serverless:[^:]*(:.*):$/, 'iam:$1:role/emr-serverless');
    return {
      applicationId: application.id,
      arn: this.arn(`/applications/${application.id}/jobruns/${id}`, application.region),
      name,
      createdBy: role,
      executionRole: role,
      createdAt: new Date(created),
      updatedAt: new Date(updated),
      releaseLabel: 'emr-6.15.0',
      state,
      stateDetails: '',
    };
  }

  /** https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/using-eventbridge.html */
  private tell(run: JobRun, previousState: string | undefined): void {
    const { region } = run.application;
    const { createdAt, updatedAt, stateDetails: _, name, ...described } = this.describeRun(run);
    const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
    this.publish({
      source: 'aws.emr-serverless',
      'detail-type': 'EMR Serverless Job Run State Change',
      account: this.arn('').split(':')[4]!,
      region,
      time: times.updatedAt,
      resources: [],
      detail: { ...described, ...times, jobRunName: name, jobRunId: run.id, previousState },
    });
  }
}

/** Members of the path and the query, as the API's JSON would have them. */
function membersOf({ path, query }: HttpInput): Record<string, unknown> {
  const [, applicationId, jobRunId] = PATH.exec(path) ?? [];
  const members: Record<string, unknown> = { applicationId, jobRunId };
  for (const key of new Set(query.keys())) {
    const values = query.getAll(key);
    members[key] = key === 'states' ? values : key === 'maxResults' ? Number(values[0]) : values[0];
  }
  return members;
}

const paged = <Input extends { readonly maxResults?: number }>(input: Input) => ({
  ...input,
  maxResults: input.maxResults ?? MOST,
});

const missing = (what: string, id: string) =>
  new ServiceError('ResourceNotFoundException', `${what} ${id} does not exist`, 404);
