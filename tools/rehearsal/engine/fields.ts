// Which fields a definition may have and what may stand in them; whatever is not here is refused.
// https://states-language.net/spec.html

export const words = (text: string): readonly string[] => text.split(' ');

export type StateType = keyof typeof FIELDS;

const FLOW = 'Next End Output Assign';
const HANDLERS = `Retry Catch ${FLOW}`;
/** Fields of a Map that need DISTRIBUTED mode. */
export const DISTRIBUTED = words('ToleratedFailurePercentage ToleratedFailureCount Label');
const MAP = `Items ItemSelector ItemProcessor MaxConcurrency ${DISTRIBUTED.join(' ')}`;

export const FIELDS = {
  Task: words(`Resource Arguments TimeoutSeconds HeartbeatSeconds ${HANDLERS}`),
  Parallel: words(`Branches Arguments ${HANDLERS}`),
  Map: words(`${MAP} ${HANDLERS}`),
  Choice: words('Choices Default Output Assign'),
  Wait: words(`Seconds Timestamp ${FLOW}`),
  Pass: words(FLOW),
  Succeed: ['Output'],
  Fail: words('Error Cause'),
};

export const TOP = words('Comment StartAt States QueryLanguage TimeoutSeconds Version');

/** Fields every state may have. */
export const COMMON = words('Type Comment QueryLanguage');

const BACKOFF = 'IntervalSeconds MaxAttempts BackoffRate MaxDelaySeconds JitterStrategy';
/** Fields that are lists of entries: what an entry has, and what of `$states` it may read. */
export const ENTRIES = {
  Retry: { fields: words(`ErrorEquals ${BACKOFF} Comment`), reserved: [] },
  Catch: { fields: words('ErrorEquals Next Output Assign Comment'), reserved: ['errorOutput'] },
  Choices: { fields: words('Condition Next Output Assign Comment'), reserved: [] },
};

export const PROCESSOR = words('ProcessorConfig StartAt States Comment');
export const CONFIG = words('Mode ExecutionType');
export const BRANCH = words('StartAt States Comment');
export const INVOKE_ARGUMENTS = words('FunctionName Payload');
export const RESOURCE = /^arn:[\w-]+:states:::lambda:invoke(\.waitForTaskToken)?$/;

export const VARIABLE = /^\p{ID_Start}\p{ID_Continue}{0,79}$/u;
export const LABEL = /^[^\s?*<>{}[\]:;,\\|^~$#%&`"\p{Cc}]{1,40}$/u;
export const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

export const MAX_SECONDS = 99_999_999;
/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const MAX_DEFINITION_BYTES = 1_048_576;

/** Texts a Fail state may end with: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ExecutionFailedEventDetails.html */
export const MAX_LENGTH: Readonly<Record<string, number>> = { Error: 256, Cause: 32_768 };

interface Range {
  readonly least: number;
  readonly most: number;
  /** Not only whole numbers. */
  readonly fraction?: boolean;
  /** An expression may stand there, too. */
  readonly expression?: boolean;
}

const whole = (least: number, most = MAX_SECONDS): Range => ({ least, most });
const evaluated = (least: number, most = MAX_SECONDS): Range => ({ least, most, expression: true });

/** Numbers in the fields of a state, a retrier, or the machine. */
export const NUMBERS: Readonly<Record<string, Range>> = {
  TimeoutSeconds: evaluated(1),
  HeartbeatSeconds: evaluated(1),
  Seconds: evaluated(0),
  MaxConcurrency: evaluated(0),
  ToleratedFailureCount: evaluated(0),
  ToleratedFailurePercentage: { ...evaluated(0, 100), fraction: true },
  IntervalSeconds: whole(1),
  MaxAttempts: whole(0),
  BackoffRate: { least: 1, most: Number.MAX_VALUE, fraction: true },
  MaxDelaySeconds: whole(1, 31_622_400),
};

export function isInRange(value: unknown, { least, most, fraction }: Range): value is number {
  if (typeof value !== 'number' || !(fraction || Number.isInteger(value))) return false;
  return value >= least && value <= most;
}

export function describeRange({ least, most, fraction }: Range): string {
  const kind = fraction ? 'a number' : 'an integer';
  return most === Number.MAX_VALUE
    ? `${kind} of at least ${least}`
    : `${kind} from ${least} to ${most}`;
}
