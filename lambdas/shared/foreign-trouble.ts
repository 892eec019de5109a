// Why an execution of a machine that is not ours failed, read from the end of its history: the texts of
// what failed, the statement it asked about last, the element of a list it was at.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html

import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';

export interface Trouble {
  /** What the execution, its tasks and their answers say, newest first. */
  readonly texts: readonly string[];
  /** The Data API statement that was asked about last. */
  readonly statementId?: string;
  /** Place in the list that a Map goes through, from 0. */
  readonly index?: number;
  /**
   * It stopped in a Fail state. A redrive enters that state again and fails again, so that it is of no use.
   * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
   */
  readonly inFailState: boolean;
}

/** Reads the newest events of an execution. */
export async function readTrouble(
  sfn: Pick<SFNClient, 'send'>,
  executionArn: string,
): Promise<Trouble> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({
      executionArn,
      reverseOrder: true,
      includeExecutionData: true,
      maxResults: 100,
    }),
  );
  const answers = events.map(answerOf);
  const statementId = first(answers, ({ queryId }) => queryId);
  const index = first(events, indexOf);
  return {
    texts: texts(events, answers),
    ...(statementId === undefined ? {} : { statementId }),
    ...(index === undefined ? {} : { index }),
    inFailState:
      events.find(({ stateEnteredEventDetails: state }) => state)?.type === 'FailStateEntered',
  };
}

/** The texts as one, for people. */
export const reasonOf = ({ texts }: Trouble): string =>
  texts.length > 0 ? texts.join(' | ').slice(0, 1_000) : 'its history gives no reason';

/** What one of the machine's functions answered about a statement. */
interface Answer {
  readonly queryId?: string;
  readonly status?: string;
  readonly reason?: string;
}

function answerOf(event: HistoryEvent): Answer {
  const { taskSucceededEventDetails: task, lambdaFunctionSucceededEventDetails: lambda } = event;
  const { stateExitedEventDetails: state } = event;
  try {
    const output = JSON.parse(task?.output ?? lambda?.output ?? state?.output ?? '{}') as object;
    const { queryId, status, reason } = payloadOf(output);
    return { queryId: text(queryId), status: text(status), reason: text(reason) };
  } catch {
    // Output that was cut, or is not JSON, tells nothing here.
    return {};
  }
}

/** A Lambda task's answer may stand under `Payload`. */
const payloadOf = (output: object | null): Record<string, unknown> => {
  const whole = (output ?? {}) as { Payload?: Record<string, unknown> };
  return whole.Payload ?? (whole as Record<string, unknown>);
};

const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

function texts(events: readonly HistoryEvent[], answers: readonly Answer[]): string[] {
  const found = events.flatMap((event, i) => {
    const details = [
      event.executionFailedEventDetails,
      event.executionTimedOutEventDetails,
      event.executionAbortedEventDetails,
      event.taskFailedEventDetails,
      event.lambdaFunctionFailedEventDetails,
    ].find((one) => one !== undefined);
    const { status, reason } = answers[i]!;
    const failed = status !== undefined && /^(FAILED|ABORTED)$/.test(status);
    return [
      [details?.error, details?.cause].filter(Boolean).join(': '),
      failed ? (reason ?? `statement ${status}`) : '',
    ];
  });
  return [...new Set(found.filter((one) => one !== ''))];
}

const indexOf = (event: HistoryEvent): number | undefined =>
  (
    event.mapIterationFailedEventDetails ??
    event.mapIterationAbortedEventDetails ??
    event.mapIterationStartedEventDetails
  )?.index;

function first<T, R>(list: readonly T[], pick: (one: T) => R | undefined): R | undefined {
  for (const one of list) {
    const found = pick(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
