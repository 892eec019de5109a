// A run as Step Functions and ledger tell of it, for the page: a gate, a Map with a child, windows, checks.

import { Aws } from '../../../cli/operate/aws';
import type { Kit } from '../../../cli/operate/kit';
import { subjectOf } from '../../../cli/operate/subject';
import { Terminal } from '../../../cli/terminal';
import { serve } from '../../../cli/web/server';
import { REGION, StandIn, seconds } from '../operate/stand-in';
import {
  ARN,
  AT_WORK,
  BEGUN,
  batch,
  CHILD,
  DEFINITION,
  events,
  GATE,
  MAP_RUN,
  PASSED,
  progressOf,
  RUN,
  type Stage,
  time,
} from './records';

/** Stand-in, kit and server of a run at a stage. */
export async function scene(
  stage: Stage,
  batches: readonly object[] = [batch(0), batch(1)],
  definition: object = DEFINITION,
) {
  const aws = new StandIn();
  let now: Stage = stage;
  const status = () => (now === 'failed' ? 'FAILED' : 'RUNNING');
  const ended = () =>
    now === 'failed'
      ? {
          stopDate: seconds(time(60)),
          error: 'ItemsLeftError',
          cause: '{"errorMessage":"shop: no disk"}',
        }
      : {};
  aws.answers['states.DescribeExecution'] = ({ executionArn: arn }) => ({
    ...{ executionArn: arn, stateMachineArn: 'm', status: status(), redriveCount: 0 },
    ...{
      startDate: seconds(time(0)),
      redriveStatus: now === 'failed' ? 'REDRIVABLE' : 'NOT_REDRIVABLE',
    },
    ...ended(),
  });
  aws.answers['states.DescribeStateMachineForExecution'] = () => ({
    ...{ stateMachineArn: 'm', name: 'm', roleArn: 'r', updateDate: 0 },
    definition: JSON.stringify(definition),
  });
  const end = [['ExecutionFailed', '', 60]] as const;
  const closing = () => (now === 'failed' ? end : []);
  aws.answers['states.GetExecutionHistory'] = ({ executionArn: arn, reverseOrder }) => {
    const root = now === 'gate' ? BEGUN : PASSED;
    const all = events(...(arn === ARN ? root : AT_WORK), ...closing());
    return { events: reverseOrder ? all.reverse() : all };
  };
  aws.answers['states.ListMapRuns'] = () => ({
    mapRuns: now === 'gate' ? [] : [{ mapRunArn: MAP_RUN, startDate: seconds(time(30)) }],
  });
  aws.answers['states.DescribeMapRun'] = () => ({
    mapRunArn: MAP_RUN,
    itemCounts: { total: 1, succeeded: 0, running: now === 'running' ? 1 : 0, failed: 0 },
  });
  aws.answers['states.ListExecutions'] = () => ({
    executions: [
      { executionArn: CHILD, status: status(), startDate: seconds(time(31)), ...ended() },
    ],
  });
  const records = () => [
    { pk: `execution#${ARN}`, sk: 'run', runId: RUN },
    { pk: `run#${RUN}`, sk: 'run', runId: RUN, status: 'open', executionArn: ARN },
    progressOf(batches.length),
    { ...GATE, ...(now === 'gate' ? {} : { answer: 'approve', by: 'Ada', answeredAt: time(30) }) },
    { pk: `run#${RUN}`, sk: 'check#rows', name: 'rows', expected: '10', actual: '9', ok: false },
    { pk: `run#${RUN}`, sk: 'item#applications#shop', status: 'failed', error: 'NoDisk' },
    ...batches,
  ];
  const refresh = () => {
    aws.ledger = records() as never;
  };
  refresh();
  await aws.start();
  const interrupt = new AbortController();
  const printed: string[] = [];
  const kit: Kit = {
    aws: new Aws({ region: REGION, endpointUrl: aws.url }, interrupt.signal),
    terminal: new Terminal({ write: (text) => printed.push(text) }),
    ...{ signal: interrupt.signal, options: {}, sending: (_, call) => call() },
  };
  const subject = await subjectOf(kit, ARN);
  const served = await serve(kit, subject, { every: 1, port: 0 });
  return {
    ...{ aws, kit, subject, printed, url: served.url },
    go(next: Stage, more: readonly object[] = batches) {
      now = next;
      batches = more;
      refresh();
    },
    async stop() {
      await served.close();
      kit.aws.close();
      await aws.stop();
    },
  };
}
