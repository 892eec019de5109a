// What a person may do on the page: answer a gate, and redrive what was shown to run again.

import { createHash } from 'node:crypto';
import { GATE } from '../../../lambdas/shared/inputs/identifiers';
import { RefusedError, refuseProblems } from '../errors';
import { describe } from '../history';
import { ANSWERS, answered } from '../operate/answer';
import type { Kit } from '../operate/kit';
import { planOf, redriven } from '../operate/redrive';
import { planLines } from '../operate/redrive-plan';
import type { Subject } from '../operate/subject';

type Body = Readonly<Record<string, unknown>>;

const textOf = (body: Body, name: string): string =>
  typeof body[name] === 'string' ? body[name].trim() : '';

/**
 * Answers as `runbooks answer --asked` does: a gate that asks something else by then refuses it.
 *
 * @throws UsageError with everything that is missing
 */
export async function answerGate(kit: Kit, subject: Subject, body: Body): Promise<unknown> {
  const said = {
    ...{ gate: textOf(body, 'gate'), answer: textOf(body, 'answer'), by: textOf(body, 'by') },
    ...{ reason: textOf(body, 'reason'), asked: textOf(body, 'askedAt') },
  };
  refuseProblems('the answer', [
    ...(GATE.test(said.gate) ? [] : ['name the gate']),
    ...(ANSWERS.includes(said.answer) ? [] : ['the answer must be approve or refuse']),
    ...(said.by ? [] : ['say who answers']),
    ...(said.reason ? [] : ['say why']),
    ...(said.asked ? [] : ['say since when the question is asked']),
  ]);
  const { code, document } = await answered(kit, subject, said);
  const { error, message } = document as { error: string | null; message: string | null };
  if (code !== 0) throw new RefusedError(`the answer was not taken: ${error}: ${message}`);
  return document;
}

/** What a redrive would do, in the lines of `runbooks redrive`, with a mark of exactly this plan. */
export async function redrivePreview(kit: Kit, subject: Subject) {
  const found = await describe(kit.aws.sfn, subject.execution);
  const plan = await planOf(kit, subject, found);
  const { stopDate, redriveCount, startDate } = found;
  const mark = createHash('sha256')
    .update(JSON.stringify([subject.execution, stopDate, redriveCount, plan]))
    .digest('hex');
  return { plan, lines: planLines(plan).map((line) => line.trim()), mark, startDate };
}

/** Redrives what was shown. @throws RefusedError when by now it would do something else */
export async function redriveAsShown(kit: Kit, subject: Subject, body: Body): Promise<unknown> {
  const { mark } = await redrivePreview(kit, subject);
  if (textOf(body, 'mark') !== mark) {
    throw new RefusedError('a redrive would do something else by now: look at its plan again');
  }
  const redriveDate = await redriven(kit, subject.execution);
  kit.terminal.line(`Redriven at ${redriveDate.toISOString()}, from the page`);
  return { redriveDate };
}
