// The events of one execution, in the order and numbering of GetExecutionHistory.
// https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html

export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Epoch milliseconds. */
  readonly timestamp: number;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Hard quota: event 25,000 can only be the last one. */
export const MAX_EVENTS = 25_000;

const DATA = ['input', 'output', 'parameters', 'assignedVariables'];
const DETAILED = ['input', 'output', 'assignedVariables'];

/** An event in the shape of the API: details under the member that belongs to its type. */
export function wireEvent(event: HistoryEvent, includeData: boolean): Record<string, unknown> {
  const { details, timestamp, ...rest } = event;
  const shape: Record<string, unknown> = { ...rest, timestamp: timestamp / 1000 };
  if (details === undefined) return shape;
  const shown: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(details)) {
    if (value === undefined || (!includeData && DATA.includes(key))) continue;
    shown[key] = value;
    if (DETAILED.includes(key)) shown[`${key}Details`] = { truncated: false };
  }
  shape[detailsMember(event.type)] = shown;
  return shape;
}

function detailsMember(type: string): string {
  const visit = /State(Entered|Exited)$/.exec(type);
  if (visit !== null) return `state${visit[1]}EventDetails`;
  return `${type.charAt(0).toLowerCase()}${type.slice(1)}EventDetails`;
}
