// The API of the web console, as far as an upgrade needs it. An answer of the server is a value; a
// broken connection, a timeout or a status from 500 on says nothing about what became of a request and is
// thrown as TryAgainError: who asked for a change looks before asking again.

import {
  ConsoleTokenError,
  NetworkPathError,
  PipelineRefusedError,
  TryAgainError,
} from '../errors';
import { pathProblemOf } from './network-path';

/** The server runs at most 30 s; who waits as long has had its answer or gets none. */
const TIMEOUT_MS = 30_000;
/** A path that is there connects at once. */
const PATH_MS = 3_000;

/** What the server said. */
export type ConsoleAnswer<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly status: number; readonly message: string };

/** Statuses of a pipeline. */
export type PipelineStatus =
  | 'Active'
  | 'Failed'
  | 'Warning'
  | 'Creating'
  | 'Updating'
  | 'Deleting'
  | 'Deleted';

/** A pipeline as the console sees it. */
export interface ConsolePipeline {
  readonly statusType: PipelineStatus;
  readonly templateInfo: {
    /** Whether the upgrade to the console's version was at least begun. */
    readonly isLatest: boolean;
    readonly pipelineVersion?: string;
    readonly solutionVersion?: string;
  };
  /** Reporting time zones by application; pipelines of v1.1.5 and older have none. */
  readonly timezone?: readonly { readonly appId: string; readonly timezone: string }[];
}

/** Answer of the server to a request whose id it has seen before. */
export const SEEN_BEFORE = 'Not Modified.';

interface Body {
  readonly message?: string;
  readonly error?: unknown;
  readonly data?: unknown;
}

export class ConsoleApi {
  constructor(
    /** Address of the console, without a slash at its end. */
    readonly url: string,
    private readonly token: string,
    private readonly fetcher: typeof fetch = fetch,
  ) {}

  /**
   * Proves that the console can be reached; any answer of a server is enough.
   *
   * @param inVpc whether the task runs in a VPC, for the advice
   * @throws NetworkPathError naming what is missing
   */
  async prove(inVpc: boolean): Promise<void> {
    try {
      await this.fetcher(`${this.url}/aws-exports.json`, {
        method: 'GET',
        redirect: 'manual',
        signal: AbortSignal.timeout(PATH_MS),
      });
    } catch (error) {
      const problem = pathProblemOf(error, inVpc);
      if (problem === undefined) throw unknown('GET', '/aws-exports.json', error);
      throw new NetworkPathError(`the console ${this.url} cannot be reached: ${problem}`, {
        cause: error,
      });
    }
  }

  /** The pipeline with its status of this moment. */
  pipeline(pipelineId: string, projectId: string): Promise<ConsoleAnswer<ConsolePipeline>> {
    return this.send('GET', `/api/pipeline/${pipelineId}?pid=${projectId}&refresh=force`);
  }

  /** Starts the upgrade; success means that it has begun. */
  upgrade(
    pipelineId: string,
    projectId: string,
    requestId: string,
  ): Promise<ConsoleAnswer<unknown>> {
    return this.send('POST', `/api/pipeline/${pipelineId}/upgrade?pid=${projectId}`, requestId, {});
  }

  /** Starts what a failed upgrade has left; success means that it has begun. */
  retry(pipelineId: string, projectId: string, requestId: string): Promise<ConsoleAnswer<unknown>> {
    return this.send('POST', `/api/pipeline/${pipelineId}/retry?pid=${projectId}`, requestId, {});
  }

  /** Sets the reporting time zone of an application, once and for ever. */
  setTimeZone(
    appId: string,
    projectId: string,
    timezone: string,
    requestId: string,
  ): Promise<ConsoleAnswer<unknown>> {
    return this.send('PUT', `/api/app/${appId}/timezone`, requestId, { projectId, timezone });
  }

  private async send<T>(
    method: 'GET' | 'POST' | 'PUT',
    path: string,
    requestId?: string,
    body?: unknown,
  ): Promise<ConsoleAnswer<T>> {
    let status: number;
    let text: string;
    try {
      const answer = await this.fetcher(`${this.url}${path}`, {
        method,
        headers: {
          authorization: `Bearer ${this.token}`,
          accept: 'application/json',
          ...(requestId === undefined ? {} : { 'x-click-stream-request-id': requestId }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
        // A redirect would turn a POST into a GET.
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      status = answer.status;
      text = await answer.text();
    } catch (error) {
      throw unknown(method, path, error);
    }
    const json = parse(text);
    const message = messageOf(json, text);
    if (status >= 500 || status === 429 || status === 408) {
      throw new TryAgainError(`the console answered ${method} ${path} with ${status}: ${message}`);
    }
    if (status === 401 || status === 403) {
      throw new ConsoleTokenError(
        `the console answered ${method} ${path} with ${status}: ${message || 'no reason given'}. Nothing was changed. ` +
          'Put a fresh id token of a user with role Admin or Operator into the secret of console.apiTokenSecretArn, then redrive',
      );
    }
    // What is no JSON is the page that the console's distribution gives for addresses it does not know.
    if (status < 300 && json === undefined) {
      throw new PipelineRefusedError(
        `${this.url} answered ${method} ${path} with ${status} and no JSON: output ControlPlaneURL of the console's stack is ` +
          'not the address of its API. Nothing is known to be changed; repair it, then redrive',
      );
    }
    // The status code decides: some refusals say "success": true.
    return status < 300
      ? { ok: true, data: json!.data as T }
      : { ok: false, status, message: message || `status ${status}` };
  }
}

const unknown = (method: string, path: string, error: unknown): TryAgainError => {
  const { cause, message } = error as Error & { cause?: { code?: string } };
  const reason = cause?.code ?? message;
  return new TryAgainError(`no answer of the console to ${method} ${path}: ${reason}`, {
    cause: error,
  });
};

function parse(text: string): Body | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Body) : undefined;
  } catch {
    return undefined;
  }
}

/** The message, with the reasons behind a failed verification of parameters. */
function messageOf(json: Body | undefined, text: string): string {
  if (json === undefined) return text.slice(0, 200);
  const errors = Array.isArray(json.error) ? json.error : [];
  const reasons = errors.map((one) =>
    typeof one === 'object' && one !== null && 'msg' in one ? String(one.msg) : JSON.stringify(one),
  );
  return [json.message ?? '', ...reasons].filter((part) => part !== '').join(' ');
}
