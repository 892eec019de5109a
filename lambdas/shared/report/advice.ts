// What to do after an execution has ended, said the same way in reports and notices.

import {
  BackupMissingError,
  GateAnswerError,
  RefusedInputError,
  RemovalRefusedError,
  RunReleasedError,
  RunTakenOverError,
  UnknownRunError,
} from '../errors';
import type { GateItem } from '../gates';
import type { RunItem } from '../runs';
import type { EndRecord } from './model';

/** Errors a redrive of the same execution meets again: another input or execution is needed. */
const REFUSALS: readonly string[] = [
  new RefusedInputError([], {}),
  new RemovalRefusedError(),
  new RunTakenOverError(),
  new RunReleasedError(),
  new UnknownRunError(),
  new BackupMissingError(),
  new GateAnswerError(),
].map(({ name }) => name);

/** Whether redriving the execution can succeed once the cause is repaired. */
export const redriveHelps = (end: Pick<EndRecord, 'error' | 'redrivable'>): boolean =>
  end.redrivable && !REFUSALS.includes(end.error ?? '');

type Gate = Omit<GateItem, 'token'>;

/** What people have to undo after a run, and how long it lasted. */
function undoSteps({ endedAt }: RunItem, gates: readonly Gate[]): string[] {
  return gates.flatMap(({ name, undo, earlier = [], ...last }) => {
    const passed = [...earlier, last].find(({ answer }) => answer === 'approve')?.answeredAt;
    if (!undo || passed === undefined || endedAt === undefined) return [];
    const minutes = Math.round((Date.parse(endedAt) - Date.parse(passed)) / 60_000);
    return [
      `What gate ${name} asked for lasted from ${passed} to ${endedAt}, ${minutes} minutes. Now undo it:`,
      ...undo,
    ];
  });
}

/** What a person should do now; empty when nothing is left to do. */
export function nextSteps(
  run: RunItem | undefined,
  end: EndRecord | undefined,
  gates: readonly Gate[] = [],
): string[] {
  if (run && run.status !== 'open') return undoSteps(run, gates);
  if (!end || end.status === 'SUCCEEDED') return [];
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
  if (gates.some(({ undo, answer }) => undo && answer === 'approve')) {
    steps.push(
      'Until the run has ended, leave as it is what was prepared for it; its end says what to undo.',
    );
  }
  if (run) {
    steps.push(
      `To go on with a newer definition, start a new execution with {"continueRun": "${run.runId}"}.`,
      `To give the run up, start the release machine with {"run": "${run.runId}"}; until then it keeps its leases.`,
    );
  }
  return steps;
}
