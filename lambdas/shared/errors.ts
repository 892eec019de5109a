// Every reason a run can stop, one class each. Step Functions matches on `name`, so names are
// literals: a bundler that shortens class names must not change them.

/** What a reason asks of whom: the machine, the operator, or a new input. */
export type ErrorFamily = 'try again' | 'operator must look' | 'refused';

/** Base of all errors that leave a task on purpose. */
export abstract class RunbookError extends Error {
  abstract override readonly name: string;
  abstract readonly family: ErrorFamily;
}

/** A service was busy or a connection broke; the same call may go through in a moment. */
export class TryAgainError extends RunbookError {
  override readonly name = 'TryAgainError';
  readonly family = 'try again';
}

/** The input of the execution is wrong; nothing was touched. Start again with another input. */
export class RefusedInputError extends RunbookError {
  override readonly name = 'RefusedInputError';
  readonly family = 'refused';
  constructor(
    readonly problems: readonly string[],
    readonly example: unknown,
  ) {
    super(
      `${problems.length} problem(s) in the input: ${problems.map((p, i) => `(${i + 1}) ${p}`).join('; ')}. ` +
        `A valid input: ${JSON.stringify(example)}`,
    );
  }
}

/** The release of a task does not know this payload; deploy the release the execution started with. */
export class PayloadVersionError extends RunbookError {
  override readonly name = 'PayloadVersionError';
  readonly family = 'operator must look';
}

/** Environment variables of a task are missing; the deployment is broken. */
export class EnvironmentError extends RunbookError {
  override readonly name = 'EnvironmentError';
  readonly family = 'operator must look';
}

/** Something in the account is not ready. Repair what is named, then redrive. */
export class PreflightError extends RunbookError {
  override readonly name = 'PreflightError';
  readonly family = 'operator must look';
  constructor(readonly findings: readonly string[]) {
    super(
      `${findings.length} finding(s): ${findings.map((f, i) => `(${i + 1}) ${f}`).join('; ')}. ` +
        'Repair them and redrive this execution',
    );
  }
}

/** Another run owns what this run wants to change. */
export class LeaseHeldError extends RunbookError {
  override readonly name = 'LeaseHeldError';
  readonly family = 'operator must look';
}

/** A newer execution has taken this run over; redrive that one. */
export class RunTakenOverError extends RunbookError {
  override readonly name = 'RunTakenOverError';
  readonly family = 'refused';
}

/** The run was given up by the release machine; start a new execution. */
export class RunReleasedError extends RunbookError {
  override readonly name = 'RunReleasedError';
  readonly family = 'refused';
}

/** A failed run was left alone: somebody has to redrive, continue or release it. */
export class RunLeftFailedError extends RunbookError {
  override readonly name = 'RunLeftFailedError';
  readonly family = 'operator must look';
}

/** The ledger has no such run. */
export class UnknownRunError extends RunbookError {
  override readonly name = 'UnknownRunError';
  readonly family = 'refused';
}

/** The warehouse ended a statement without finishing it. An operator must read the reason. */
export class StatementStoppedError extends RunbookError {
  override readonly name = 'StatementStoppedError';
  readonly family = 'operator must look';
}

/** A statement finished, but the procedure's own log says that its work failed. */
export class ProcedureFailedError extends RunbookError {
  override readonly name = 'ProcedureFailedError';
  readonly family = 'operator must look';
}

/** A function the procedures need does not work, and could not be replaced by an external one. */
export class ExternalFunctionError extends RunbookError {
  override readonly name = 'ExternalFunctionError';
  readonly family = 'operator must look';
}

/** A procedure reports success again and again without moving a row. */
export class NoProgressError extends RunbookError {
  override readonly name = 'NoProgressError';
  readonly family = 'operator must look';
}

/** Nothing can tell whether a statement ran: a person must decide. */
export class UndecidedStatementError extends RunbookError {
  override readonly name = 'UndecidedStatementError';
  readonly family = 'operator must look';
}

/** A run cannot be given up while its statement runs: a second one beside it would do the work twice. */
export class StatementStillRunsError extends RunbookError {
  override readonly name = 'StatementStillRunsError';
  readonly family = 'operator must look';
}

/** Source and target do not agree. */
export class ReconciliationError extends RunbookError {
  override readonly name = 'ReconciliationError';
  readonly family = 'operator must look';
}

/** Some independent items are not done; a redrive starts those and no other. */
export class ItemsLeftError extends RunbookError {
  override readonly name = 'ItemsLeftError';
  readonly family = 'operator must look';
}

/** A person refused at a gate; a redrive asks again. */
export class GateRefusedError extends RunbookError {
  override readonly name = 'GateRefusedError';
  readonly family = 'operator must look';
}

/** An answer does not belong to an open gate. */
export class GateAnswerError extends RunbookError {
  override readonly name = 'GateAnswerError';
  readonly family = 'refused';
}

/** CloudFormation could not make the change set. */
export class ChangeSetFailedError extends RunbookError {
  override readonly name = 'ChangeSetFailedError';
  readonly family = 'operator must look';
}

/** The stack update was rolled back; the first failing resource's reason is in the message. */
export class StackRolledBackError extends RunbookError {
  override readonly name = 'StackRolledBackError';
  readonly family = 'operator must look';
}

/** Something else changes the stack right now. */
export class StackBusyError extends RunbookError {
  override readonly name = 'StackBusyError';
  readonly family = 'operator must look';
}

/** Something could not be stopped for the run, or not be given back as it was. */
export class QuiesceError extends RunbookError {
  override readonly name = 'QuiesceError';
  readonly family = 'operator must look';
}

/** Files wait to be loaded and nothing loads them. */
export class StuckLoadsError extends RunbookError {
  override readonly name = 'StuckLoadsError';
  readonly family = 'operator must look';
}

/** The warehouse has made no snapshot. */
export class SnapshotFailedError extends RunbookError {
  override readonly name = 'SnapshotFailedError';
  readonly family = 'operator must look';
}

/** An execution of a machine that is not ours did not get its work done. */
export class ForeignExecutionError extends RunbookError {
  override readonly name = 'ForeignExecutionError';
  readonly family = 'operator must look';
}

/** A schema lacks objects that its upgrade makes. */
export class SchemaIncompleteError extends RunbookError {
  override readonly name = 'SchemaIncompleteError';
  readonly family = 'operator must look';
}

/** A recalculation of metrics succeeded without the work being done. */
export class MetricsMissingError extends RunbookError {
  override readonly name = 'MetricsMissingError';
  readonly family = 'operator must look';
}

/** The ingestion servers are not as a refresh needs them; nothing healthy was taken away. */
export class IngestionServersError extends RunbookError {
  override readonly name = 'IngestionServersError';
  readonly family = 'operator must look';
}

/** An SQL file, identifier or literal does not fit the rules of `sql/`. */
export class SqlRenderError extends RunbookError {
  override readonly name = 'SqlRenderError';
  readonly family = 'operator must look';
}

/** A task cannot reach an address it needs; a route, an endpoint, a name or a rule is missing. */
export class NetworkPathError extends RunbookError {
  override readonly name = 'NetworkPathError';
  readonly family = 'operator must look';
}

/** The console does not take the token in the secret: it has expired, or its user may not do this. */
export class ConsoleTokenError extends RunbookError {
  override readonly name = 'ConsoleTokenError';
  readonly family = 'operator must look';
}

/** MySQL cannot be reached over the network; a route, a rule or a name is missing. */
export class MySqlUnreachableError extends RunbookError {
  override readonly name = 'MySqlUnreachableError';
  readonly family = 'operator must look';
}

/** MySQL does not let the user in, or the secret says nobody. */
export class MySqlCredentialsError extends RunbookError {
  override readonly name = 'MySqlCredentialsError';
  readonly family = 'operator must look';
}

/** The connection to MySQL cannot be encrypted, or the other side does not prove who it is. */
export class MySqlTlsError extends RunbookError {
  override readonly name = 'MySqlTlsError';
  readonly family = 'operator must look';
}

/** MySQL refused a statement; its own words are in the message. */
export class MySqlStatementError extends RunbookError {
  override readonly name = 'MySqlStatementError';
  readonly family = 'operator must look';
}

/** A bucket is not there, or not where it is needed. */
export class BucketError extends RunbookError {
  override readonly name = 'BucketError';
  readonly family = 'operator must look';
}

/** The regular job of an instance is in the way: it runs, has died in the middle, or has run meanwhile. */
export class RegularJobError extends RunbookError {
  override readonly name = 'RegularJobError';
  readonly family = 'operator must look';
}

/** MySQL did not write a part of an extract, or what it wrote is not there any more. */
export class ExtractFailedError extends RunbookError {
  override readonly name = 'ExtractFailedError';
  readonly family = 'operator must look';
}

/** Objects lie in the folder of a run that the run has not written: nobody knows whose rows they are. */
export class StrayObjectsError extends RunbookError {
  override readonly name = 'StrayObjectsError';
  readonly family = 'operator must look';
}

/** A run has no backup that could be brought back; start a restore of another one. */
export class BackupMissingError extends RunbookError {
  override readonly name = 'BackupMissingError';
  readonly family = 'refused';
}

/** An application has no time zone, or another one than was asked for, which is final. */
export class TimeZoneError extends RunbookError {
  override readonly name = 'TimeZoneError';
  readonly family = 'operator must look';
}

/** The console did not start the upgrade of the pipeline; nothing began. */
export class PipelineRefusedError extends RunbookError {
  override readonly name = 'PipelineRefusedError';
  readonly family = 'operator must look';
}

/** A stack of the pipeline was rolled back; the first failing resource's reason is in the message. */
export class PipelineFailedError extends RunbookError {
  override readonly name = 'PipelineFailedError';
  readonly family = 'operator must look';
}

/** The upgrade of the pipeline has not begun, or stands still. */
export class PipelineStalledError extends RunbookError {
  override readonly name = 'PipelineStalledError';
  readonly family = 'operator must look';
}

/** Legacy objects cannot be dropped: something else needs them, or they belong to somebody else. */
export class LegacyObjectsError extends RunbookError {
  override readonly name = 'LegacyObjectsError';
  readonly family = 'operator must look';
}

/** The API server of a Kubernetes cluster cannot be reached; a route, a rule or a setting is missing. */
export class KubernetesUnreachableError extends RunbookError {
  override readonly name = 'KubernetesUnreachableError';
  readonly family = 'operator must look';
}

/** A Kubernetes cluster does not know the caller: no access entry for its role, or a token of no use. */
export class KubernetesUnauthorizedError extends RunbookError {
  override readonly name = 'KubernetesUnauthorizedError';
  readonly family = 'operator must look';
}

/** A Kubernetes cluster knows the caller and does not let it do this; a Role or RoleBinding is missing. */
export class KubernetesForbiddenError extends RunbookError {
  override readonly name = 'KubernetesForbiddenError';
  readonly family = 'operator must look';
}

/** What was there a moment ago is gone from the Kubernetes cluster. */
export class KubernetesNotFoundError extends RunbookError {
  override readonly name = 'KubernetesNotFoundError';
  readonly family = 'operator must look';
}

/** A Kubernetes cluster did not take a change; its own words are in the message. */
export class KubernetesRefusedError extends RunbookError {
  override readonly name = 'KubernetesRefusedError';
  readonly family = 'operator must look';
}

/** Objects of a run are still in S3, and must not stay there. */
export class ObjectsLeftError extends RunbookError {
  override readonly name = 'ObjectsLeftError';
  readonly family = 'operator must look';
}

/** Objects of a run cannot be deleted yet: somebody may still need them. */
export class ObjectsNeededError extends RunbookError {
  override readonly name = 'ObjectsNeededError';
  readonly family = 'operator must look';
}

/** A table of the history is not there, or not as its migrations make it. */
export class HistoryTableError extends RunbookError {
  override readonly name = 'HistoryTableError';
  readonly family = 'operator must look';
}

/** New rows have, or could get, ids of rows that have yet to be copied. */
export class IdOverlapError extends RunbookError {
  override readonly name = 'IdOverlapError';
  readonly family = 'operator must look';
}

/** The old table is still written to, or the new one is not. */
export class WritesNotMovedError extends RunbookError {
  override readonly name = 'WritesNotMovedError';
  readonly family = 'operator must look';
}

/** Rows cannot be removed: what says that they are elsewhere does not hold. */
export class RemovalError extends RunbookError {
  override readonly name = 'RemovalError';
  readonly family = 'operator must look';
}

/** A removal names a run or a table that it must not touch; nothing was removed. */
export class RemovalRefusedError extends RunbookError {
  override readonly name = 'RemovalRefusedError';
  readonly family = 'refused';
}

/** A checkpoint of a copy is not one to go on from: it is old, or the tables have changed since. */
export class CheckpointError extends RunbookError {
  override readonly name = 'CheckpointError';
  readonly family = 'operator must look';
}

/** The servers have so much to do that a copy leaves them alone; a redrive goes on. */
export class CopyOverloadError extends RunbookError {
  override readonly name = 'CopyOverloadError';
  readonly family = 'operator must look';
}

/** A command on a host ended without its work being done, or has not ended in its time. */
export class HostCommandFailedError extends RunbookError {
  override readonly name = 'HostCommandFailedError';
  readonly family = 'operator must look';
}

/** The agent of a host does not answer; what was started there may still run, and is found again. */
export class HostUnreachableError extends RunbookError {
  override readonly name = 'HostUnreachableError';
  readonly family = 'operator must look';
}

/** ClickHouse cannot be reached over the network; its container, a route or a rule is missing. */
export class ClickHouseUnreachableError extends RunbookError {
  override readonly name = 'ClickHouseUnreachableError';
  readonly family = 'operator must look';
}

/** ClickHouse does not let the user in, or the secret says nobody. */
export class ClickHouseCredentialsError extends RunbookError {
  override readonly name = 'ClickHouseCredentialsError';
  readonly family = 'operator must look';
}

/** The connection to ClickHouse cannot be encrypted, or the other side does not prove who it is. */
export class ClickHouseTlsError extends RunbookError {
  override readonly name = 'ClickHouseTlsError';
  readonly family = 'operator must look';
}

/** ClickHouse refused a statement; its own words are in the message. */
export class ClickHouseStatementError extends RunbookError {
  override readonly name = 'ClickHouseStatementError';
  readonly family = 'operator must look';
}

/** A backup or restore of ClickHouse failed, or nobody can say any more what became of it. */
export class ClickHouseBackupError extends RunbookError {
  override readonly name = 'ClickHouseBackupError';
  readonly family = 'operator must look';
}

/** The data model in ClickHouse is not the one of the version that was asked for. */
export class AspectsNotBuiltError extends RunbookError {
  override readonly name = 'AspectsNotBuiltError';
  readonly family = 'operator must look';
}

/** Deprecated relations cannot be removed: they are not what was approved, or something needs them. */
export class DeprecatedRelationsError extends RunbookError {
  override readonly name = 'DeprecatedRelationsError';
  readonly family = 'operator must look';
}

/** Errors a state retries by itself: ours, then those of the Lambda service. */
export const RETRIED_ERRORS: readonly string[] = [
  'TryAgainError',
  'Lambda.ClientExecutionTimeoutException',
  'Lambda.ServiceException',
  'Lambda.AWSLambdaException',
  'Lambda.SdkClientException',
  'Lambda.TooManyRequestsException',
  'Lambda.Unknown',
  'Sandbox.Timedout',
];

/** Error names of the SDK and of sockets that mean "the same call may go through in a moment". */
const TRANSIENT =
  /Throttl|TooManyRequests|ServiceUnavailable|InternalServer|InternalFailure|ProvisionedThroughput|ActiveStatementsExceeded|ActiveWaitingRequests|ActiveSessionsExceeded|TimeoutError|ECONNRESET|ECONNREFUSED|EPIPE|socket hang up|DatabaseConnection|RequestTimeout/;

/** True for an error of a service or socket after which the same call may simply be made again. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TryAgainError) return true;
  // What a class of ours says counts, whatever words of a socket its message quotes.
  if (error instanceof RunbookError) return false;
  const e = error as {
    name?: string;
    code?: string;
    message?: string;
    $retryable?: unknown;
    $fault?: string;
    $metadata?: { httpStatusCode?: number };
  };
  // A fault of the server says nothing about what became of the call.
  const server = e?.$fault === 'server' || (e?.$metadata?.httpStatusCode ?? 0) >= 500;
  const text = `${e?.name ?? ''} ${e?.code ?? ''} ${e?.message ?? ''}`;
  return server || e?.$retryable !== undefined || TRANSIENT.test(text);
}

/** True when a service said that the caller's role may not make this call. */
export function isAccessDenied(error: unknown): boolean {
  const e = error as { name?: string; message?: string };
  return (
    /AccessDenied|NotAuthorized|UnauthorizedOperation/.test(e?.name ?? '') ||
    /is not authorized to perform/.test(e?.message ?? '')
  );
}

/** Marks code that no value reaches; a new status of a service ends here with its name. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value ${JSON.stringify(value)}`);
}
