// The one request that starts something, and what each answer to it means.

import { type ConsoleApi, SEEN_BEFORE } from '../shared/clickstream/console-api';
import type { PipelineAttempts } from '../shared/clickstream/pipeline-attempts';
import { ConsoleTokenError, PipelineRefusedError, TryAgainError } from '../shared/errors';
import type { Token } from '../shared/worker-token';

/** What an operator does about a refusal of the console, by a part of its message. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /specify a reporting time zone/,
    'Set the zones of these applications in the console, or name them in pipeline.timezones of a new execution with continueRun',
  ],
  [
    /server size minimum and maximum are 1/,
    'Raise the maximum of the ingestion servers in the console first',
  ],
  [/status does not allow/, 'Wait until the console shows the pipeline as Active'],
  [/does not exist/, 'Is it the console of this project?'],
];

/**
 * Sends the request of the latest attempt, whose intent is in the ledger.
 *
 * @returns undefined when nobody knows what became of it: look, and look again
 */
export async function post(
  api: ConsoleApi,
  attempts: PipelineAttempts,
  token: Token,
  { pipelineId, projectId }: { readonly pipelineId: string; readonly projectId: string },
): Promise<'begun' | undefined> {
  const { action, requestId } = attempts.current!;
  await token.renew();
  let answer: Awaited<ReturnType<ConsoleApi['upgrade']>>;
  try {
    answer = await api[action](pipelineId, projectId, requestId);
  } catch (error) {
    if (error instanceof TryAgainError) return undefined;
    if (error instanceof ConsoleTokenError) return attempts.fail(error, 'refused');
    throw error;
  }
  if (!answer.ok) {
    const { status, message } = answer;
    // This very request has reached the server before: what became of that one is seen in the pipeline.
    if (message.includes(SEEN_BEFORE)) return undefined;
    // Somebody was faster, and what we were about to start works already.
    const now = await api.pipeline(pipelineId, projectId);
    const works =
      now.ok &&
      (now.data.statusType === 'Updating' ||
        (action === 'upgrade' && now.data.templateInfo.isLatest));
    if (!works) {
      const advice = ADVICE.find(([text]) => text.test(message))?.[1] ?? 'Repair the cause';
      const text = `the console refused to ${action} the pipeline (${status}): ${message} Nothing began. ${advice}; then redrive`;
      return attempts.fail(new PipelineRefusedError(text), 'refused');
    }
  }
  await attempts.save({ state: 'begun' });
  return 'begun';
}
