// The console's web API, as far as an upgrade calls it. Every answer is one of the console's own; a
// request is weighed in its order: token, request id, what is asked.

import type { HttpAnswer, HttpInput, RestService } from '../services/protocols';
import type { ServiceRequest } from '../types';
import type { Ground } from './ground';
import type { Pipeline } from './pipeline';

/** How long a request id is remembered. */
const REMEMBERED_MS = 10 * 60_000;

/** Paths by operation; what changes something begins with its method. */
const OPERATIONS: readonly (readonly [operation: string, method: string, path: RegExp])[] = [
  ['POST upgrade', 'POST', /^\/api\/pipeline\/[^/]+\/upgrade$/],
  ['POST retry', 'POST', /^\/api\/pipeline\/[^/]+\/retry$/],
  ['PUT timezone', 'PUT', /^\/api\/app\/[^/]+\/timezone$/],
  ['Get pipeline', 'GET', /^\/api\/pipeline\/[^/]+$/],
  ['Get pipeline extension', 'GET', /^\/api\/pipeline\/[^/]+\/extend$/],
  ['List pipelines', 'GET', /^\/api\/pipeline$/],
  ['Get application', 'GET', /^\/api\/app\/[^/]+$/],
  ['Get exports', 'GET', /^\/aws-exports\.json$/],
];

const answer = (status: number, body: object): HttpAnswer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(body),
});
const refused = (status: number, message: string, error: unknown = ''): HttpAnswer =>
  answer(status, { success: false, message, error });
const good = (data: unknown, message = '', status = 200): HttpAnswer =>
  answer(status, { success: true, message, data });

/** The API; see the head of the file. */
export class ConsoleApi implements RestService {
  readonly target = 'clickstream-console';
  readonly protocol = 'rest-json';
  private readonly requests = new Map<string, number>();

  constructor(
    private readonly ground: Ground,
    private readonly pipeline: Pipeline,
  ) {}

  operationOf({ method, path }: HttpInput): string | undefined {
    return OPERATIONS.find(([, verb, form]) => verb === method && form.test(path))?.[0];
  }

  async call({ operation, input }: ServiceRequest<HttpInput>): Promise<HttpAnswer> {
    const { solution } = this.ground;
    if (operation === 'Get exports') {
      return answer(200, { solution_version: this.pipeline.consoleVersion });
    }
    if (!this.isKnown(input.headers.authorization)) return refused(401, 'Unauthorized');
    const problem = input.method === 'GET' ? undefined : this.requestProblem(input);
    if (problem) return refused(400, 'Parameter verification failed.', [{ msg: problem }]);
    const [, , kind, id] = input.path.split('/');
    if (operation === 'List pipelines') return good({ totalCount: 1, items: [this.described] });
    if (kind === 'app') {
      if (!Object.hasOwn(solution.apps, id!)) return refused(404, 'App resource does not exist.');
      return operation === 'PUT timezone' ? this.setZone(id!, input) : good(this.application(id!));
    }
    if (id !== solution.pid || input.query.get('pid') !== solution.project) {
      return refused(404, 'Pipeline resource does not exist.');
    }
    if (operation === 'POST upgrade') return this.upgrade();
    if (operation === 'POST retry') return this.retry();
    return good(operation === 'Get pipeline' ? this.described : this.extension());
  }

  private isKnown(header: unknown): boolean {
    const value = this.ground.around.secrets[this.ground.solution.tokenSecret];
    const secret = typeof value === 'string' ? value : (value as { token?: string })?.token;
    return secret !== undefined && header === `Bearer ${secret}`;
  }

  /** Ids are remembered from the first request on, whatever became of it. */
  private requestProblem({ headers }: HttpInput): string | undefined {
    const { now } = this.ground;
    const id = String(headers['x-click-stream-request-id'] ?? '');
    if (id === '') return 'Value is empty.';
    const known = this.requests.get(id);
    if (known !== undefined && now - known < REMEMBERED_MS) return 'Not Modified.';
    this.requests.set(id, now);
    return undefined;
  }

  private upgrade(): HttpAnswer {
    const { pipeline, ground } = this;
    const { apps, servers = [2, 2], pid } = ground.solution;
    if (pipeline.status !== 'Active') {
      return refused(400, 'The pipeline current status does not allow upgrade.');
    }
    if (pipeline.templateVersion === pipeline.consoleVersion) {
      return refused(400, 'Pipeline is already the latest version.');
    }
    const without = Object.keys(apps).filter((app) => !pipeline.zones.has(app));
    if (without.length > 0) {
      const message = `To upgrade the pipeline, please specify a reporting time zone for the app(s): ${without.join(',')} registered in this pipeline.`;
      return refused(400, message);
    }
    if (servers.every((size) => size === 1)) {
      const message =
        'Validation error: this pipeline not allow to update with the server size minimum and maximum are 1.';
      return refused(400, message);
    }
    pipeline.upgrade();
    return good({ id: pid }, 'Pipeline upgraded.', 201);
  }

  private retry(): HttpAnswer {
    const { pipeline, ground } = this;
    if (!['Failed', 'Warning'].includes(pipeline.status)) {
      return refused(400, 'The pipeline current status does not allow retry.');
    }
    pipeline.upgrade();
    return good({ id: ground.solution.pid }, 'Pipeline retry.', 201);
  }

  private setZone(app: string, { body }: HttpInput): HttpAnswer {
    const { projectId, timezone } = parse(body);
    if (projectId !== this.ground.solution.project || typeof timezone !== 'string') {
      return refused(400, 'Parameter verification failed.', [{ msg: 'Value is empty.' }]);
    }
    if (this.pipeline.zones.has(app)) {
      return answer(400, { success: true, message: 'Timezone not allowed to be modified.' });
    }
    this.pipeline.zones.set(app, timezone);
    return good(undefined, 'Timezone updated successfully.', 201);
  }

  private application(appId: string) {
    const { project } = this.ground.solution;
    return { projectId: project, appId, timezone: this.pipeline.zones.get(appId) ?? '' };
  }

  private get described() {
    const { pipeline, ground } = this;
    const { templateVersion, consoleVersion, execution } = pipeline;
    const run = execution && ground.around.engine.describeExecution(execution);
    return {
      pipelineId: ground.solution.pid,
      projectId: ground.solution.project,
      statusType: pipeline.status,
      lastAction: pipeline.lastAction,
      templateVersion,
      timezone: [...pipeline.zones].map(([appId, timezone]) => ({ appId, timezone })),
      templateInfo: {
        isLatest: templateVersion === consoleVersion,
        pipelineVersion: templateVersion,
        solutionVersion: consoleVersion,
      },
      stackDetails: pipeline.stacks.map(({ name, status, tags, outputs }) => ({
        stackName: name,
        stackType: name.split('-')[1],
        stackStatus: status,
        stackStatusReason: '',
        stackTemplateVersion: tags['aws-solution/version'],
        outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({
          OutputKey,
          OutputValue,
        })),
      })),
      executionDetail: run && {
        name: run.name,
        executionArn: run.executionArn,
        status: run.status,
      },
    };
  }

  private extension() {
    const { around, solution } = this.ground;
    const { items } = around.engine.listExecutions({
      stateMachineArn: this.ground.machine('schema'),
    });
    const statuses = Object.keys(solution.apps).flatMap((appId) => {
      const newest = items.find(({ name }) => name.startsWith(`${appId}-`));
      return newest ? [{ appId, status: newest.status, executionArn: newest.executionArn }] : [];
    });
    return { createApplicationSchemasStatus: statuses };
  }
}

function parse(body: Buffer): { readonly projectId?: unknown; readonly timezone?: unknown } {
  try {
    return (JSON.parse(body.toString() || '{}') ?? {}) as { projectId?: unknown };
  } catch {
    return {};
  }
}
