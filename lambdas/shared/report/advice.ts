// What to do after an execution has ended, said the same way in reports and notices.

import {
  GateAnswerError,
  RefusedInputError,
  RunReleasedError,
  RunTakenOverError,
  UnknownRunError,
} from '../errors';
import type { RunItem } from '../runs';
import type { EndRecord } from './model';

/** Errors a redrive of the same execution meets again: another input or execution is needed. */
const REFUSALS: readonly string[] = [
  new RefusedInputError([], {}),
  new RunTakenOverError(),
  new RunReleasedError(),
  new UnknownRunError(),
  new GateAnswerError(),
].map(({ name }) => name);

/** Whether redriving the execution can succeed once the cause is repaired. */
export const redriveHelps = (end: Pick<EndRecord, 'error' | 'redrivable'>): boolean =>
  end.redrivable && !REFUSALS.includes(end.error ?? '');

/** What a person should do now; empty when nothing is left to do. */
export function nextSteps(run: RunItem | undefined, end: EndRecord | undefined): string[] {
  if (!end || end.status === 'SUCCEEDED') return [];
  if (run && run.status !== 'open') return [];
  if (REFUSALS.includes(end.error ?? '')) {
    return ['A redrive would be refused again: start a new execution as the message says.'];
  }
  const steps = end.redrivable
    ? [
        end.status === 'ABORTED'
          ? 'The execution was stopped. To go on, redrive it: what is done stays done.'
          : 'Repair what the message names, then redrive the execution: what is done stays done.',
      ]
    : ['The execution cannot be redriven any more.'];
  if (run) {
    steps.push(
      `To go on with a newer definition, start a new execution with {"continueRun": "${run.runId}"}.`,
      `To give the run up, start the release machine with {"run": "${run.runId}"}; until then it keeps its leases.`,
    );
  }
  return steps;
}
