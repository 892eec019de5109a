// What the rooms of the rehearsal share: the clock, who calls, and how a stand-in is called.
// Each stand-in is a class of its own; the server knows them by these shapes only.

/** Time in the rehearsal: real, or virtual and then jumping whenever nobody computes. */
export interface Clock {
  readonly kind: 'real' | 'virtual';
  /** Epoch milliseconds. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted. Does not hold the clock. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Runs `callback` at an instant (epoch ms); returns a function that cancels it.
   *
   * @param background what goes on whether or not anybody waits for it, such as a schedule: it happens
   * when virtual time comes by, and is no reason for it to pass
   */
  at(instant: number, callback: () => void, background?: 'background'): () => void;
  /** Says that somebody computes: a virtual clock stands still until the returned function is called. */
  hold(): () => void;
}

/** Who makes a call, found from the access key of the request. */
export interface Principal {
  readonly kind: 'role' | 'operator' | 'service';
  /** ARN of the role, or of the operator or service. */
  readonly arn: string;
  readonly account: string;
}

/** One API call, already parsed from its wire protocol. */
export interface ServiceRequest<Input = Record<string, unknown>> {
  /** Operation, e.g. `ExecuteStatement`. */
  readonly operation: string;
  readonly input: Input;
  readonly principal: Principal;
  /** Region the call was signed for. */
  readonly region: string;
  /** Aborted when the caller has hung up. */
  readonly signal: AbortSignal;
  /**
   * Checks identity and resource policies; throws AccessDeniedException when not allowed.
   *
   * @param action e.g. `redshift-data:ExecuteStatement`
   */
  authorize(action: string, resource: string, context?: Record<string, string>): void;
}

/** An error a stand-in answers with, in the service's own words. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  constructor(
    /** e.g. `ValidationException` */
    readonly code: string,
    message: string,
    readonly status = 400,
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
  }
}

/** A stand-in for a service of the AWS JSON or query protocols. */
export interface Service {
  /** `X-Amz-Target` prefix for JSON services (`AWSStepFunctions`, `RedshiftData`), or the query API's name. */
  readonly target: string;
  readonly protocol: 'json-1.0' | 'json-1.1' | 'query' | 'ec2';
  /** Returns the response's members; throws ServiceError. */
  call(request: ServiceRequest): Promise<Record<string, unknown>>;
}

/** Something that happened, as EventBridge would deliver it. */
export interface CloudEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: Record<string, unknown>;
}

/** On whose behalf a function is invoked. */
export interface Origin {
  /** Name of the state machine, and of the state. */
  readonly machine?: string;
  readonly state?: string;
  /** What conditions of the function's policy may ask about. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Calls a Lambda function by name or ARN the way Step Functions does; rejects with LambdaFunctionError. */
export interface FunctionInvoker {
  invoke(
    functionArn: string,
    payload: unknown,
    caller: Principal,
    signal: AbortSignal,
    origin?: Origin,
  ): Promise<unknown>;
}

/** A function that failed: what Step Functions sees as Error and Cause. */
export class LambdaFunctionError extends Error {
  override readonly name = 'LambdaFunctionError';
  constructor(
    /** `errorType` of the payload, or `Sandbox.Timedout`, `Lambda.Unknown`, `Lambda.TooManyRequestsException` … */
    readonly error: string,
    /** The payload as text. */
    readonly cause_: string,
  ) {
    super(`${error}: ${cause_}`);
  }
}
