// `runbooks watch`: follows an execution until it is closed.

import { setTimeout as delay } from 'node:timers/promises';
import { consoleLink } from '../../../lambdas/shared/inputs/links';
import { redriveHelps } from '../../../lambdas/shared/report/advice';
import { failures } from '../failures';
import { count } from '../format';
import { histories } from '../history';
import { messageOf } from '../summary';
import { type Ended, type Kit, type OperateOptions, operate } from './kit';
import { untilClosed } from './patience';
import { Shown } from './shown';
import { lookAtAll, type RunSight } from './sight';
import { onceThere } from './starting';
import { namingProblems, type Subject, subjectOf } from './subject';
import { typed } from './typed';

export interface WatchOptions extends OperateOptions {
  /** Seconds between two looks. */
  readonly every: number;
  /** One look is enough. */
  readonly once?: boolean;
}

export function watch(
  named: string | undefined,
  options: WatchOptions,
  signal: AbortSignal,
): Promise<number> {
  const problems = namingProblems(named, options);
  return operate({ command: 'watch', problems, arn: named }, options, signal, async (kit) => {
    return follow(kit, await subjectOf(kit, named!), options);
  });
}

/** What was done to the execution right before it is followed. */
interface Since {
  /** It was redriven then: an end before is not its end. */
  readonly after?: Date;
  /** It was started: AWS may not know it for some seconds. */
  readonly begun?: boolean;
}

/** Follows to the end; code 0 when it succeeded, or still runs and one look was wanted. */
export async function follow(
  kit: Kit,
  subject: Subject,
  { every, once }: Pick<WatchOptions, 'every' | 'once'>,
  since: Since = {},
): Promise<Ended> {
  const { terminal } = kit;
  terminal.line(`Watching ${subject.execution}`);
  terminal.line(`  ${consoleLink(subject.execution)}`);
  const shown = new Shown(terminal, kit.options);
  const look = () => lookAtAll(kit, subject);
  const { sight, failed } = await untilClosed({
    look: async () => {
      const { sight, batches } = await (since.begun ? onceThere(kit, look) : look());
      const lost = once !== true && isOld(sight, since);
      return {
        sight,
        batches,
        lost,
        failed: lost || !isFailed(sight) ? [] : await why(kit, subject),
      };
    },
    seen: (one) => shown.sight(one.sight, one.batches),
    closed: ({ sight, lost }) => once === true || (sight.status !== 'RUNNING' && !lost),
    renew: () => kit.aws.renew(),
    say: (text) => terminal.line(text),
    wait: () => delay(every * 1000, undefined, { signal: kit.signal }),
  });
  terminal.clear();
  sayEnd(kit, sight, failed);
  return { code: isFailed(sight) ? 1 : 0, document: { ...sight, failures: failed } };
}

const isFailed = ({ status }: RunSight): boolean => status !== 'RUNNING' && status !== 'SUCCEEDED';

/** Whether it was read from before the redrive: what AWS says of an execution may be some seconds old. */
const isOld = ({ stoppedAt }: RunSight, { after }: Since): boolean =>
  stoppedAt !== null && after !== undefined && Date.parse(stoppedAt) < after.getTime();

interface Why {
  readonly state: string;
  readonly execution: string;
  readonly error: string;
  readonly message: string;
}

async function why({ aws }: Kit, { execution }: Subject): Promise<Why[]> {
  const found = await failures(aws.sfn, await histories(aws.sfn, execution));
  return found.map(({ cause, ...one }) => ({ ...one, message: messageOf(cause) }));
}

function sayEnd({ terminal, options }: Kit, sight: RunSight, failed: readonly Why[]): void {
  const { status, run, execution, steps, error, redrivable } = sight;
  const rows = steps.reduce((sum, one) => sum + one.rows, 0);
  const moved = rows > 0 ? `, ${count(rows)} rows` : '';
  terminal.line(`The execution is ${status}${run ? ` (run ${run}${moved})` : ''}`);
  for (const { state, execution: child, error, message } of failed) {
    terminal.line(`  state    ${state}`);
    if (child !== execution) terminal.line(`  in child ${child.split(':').at(-1)}`);
    terminal.line(`  error    ${error}`);
    terminal.line(`  message  ${message}`);
  }
  if (status === 'RUNNING') return;
  if (run) terminal.line(`  report   ${typed(options, 'report', execution)}`);
  if (redriveHelps({ error: error ?? undefined, redrivable })) {
    terminal.line(`  next     ${typed(options, 'redrive', execution)}`);
  }
}
