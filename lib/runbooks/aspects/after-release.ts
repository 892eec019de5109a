// What a run that is given up leaves on the host: ingestion that is held, which its own end
// would have let go on, and copies that a killed look at a backup has made.

import { Stack } from 'aws-cdk-lib';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { DropCopiesPayload } from '../../../lambdas/drop-copies/payload';
import type { AspectsTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { MachineArns } from '../../platform/execution-arns';
import { Platform } from '../../platform/platform';
import { addResult, EXECUTION_CALLER, type PayloadOf, taskState } from '../../platform/task-state';
import { Installation } from './installation';

/** States of the release machine behind the one that gives the run up. */
export function afterRelease(scope: Construct, target: AspectsTarget): sfn.Chain {
  const installation = new Installation(scope, target);
  const read = taskState(scope, 'Find out what the run has held', {
    task: Platform.of(scope).task('read-held', { ledger: ['GetItem', 'Query'] }),
    caller: { ...EXECUTION_CALLER, runId: '{% $states.input.run %}' },
    payload: {},
    outputs:
      "{% { 'released': $states.input, 'found': $states.result.Payload, " +
      "'run': { 'id': $states.input.run, 'arn': $states.context.Execution.Id } } %}",
    comment:
      'Reads in the ledger which services the run has stopped, Superset included. On redrive: reads again',
  });
  const any = sfn.Choice.jsonata(scope, 'Is ingestion to go on?', {
    comment: 'Where the run has held nothing, nothing is started. On redrive: asks again',
  });
  const resume = installation.command(scope, 'Resume', {
    act: 'Let ingestion go on behind the release',
    step: 'resumeReleased',
    script: 'start-ingestion',
    environment: { SERVICES: '{% $states.input.found.services %}' },
    question: 'Does ingestion go on behind the release?',
    done: 'Ingestion goes on behind the release',
    released: true,
  });
  // It asks whether its execution still runs, which is none of a runbook here.
  const { executions } = new MachineArns(scope, `${Stack.of(scope).stackName}-release`);
  allow(
    installation.commands(),
    ['states:DescribeExecution'],
    [executions],
    'Executions get their names when they start; the machine is named.',
  );
  const left = sfn.Choice.jsonata(scope, 'Are copies of a backup left?', {
    comment: 'Only a look at a backup that was killed leaves them. On redrive: asks again',
  });
  const drop = taskState(scope, 'Drop the copies of the backup', {
    task: installation.task('drop-copies'),
    caller: { ...EXECUTION_CALLER, runId: '{% $states.input.run.id %}' },
    payload: { ...installation.members } satisfies PayloadOf<DropCopiesPayload>,
    outputs: addResult('dropped'),
    comment:
      'Drops the databases that a look at the backup had made beside those of Aspects, unless another run works there by now, ' +
      'whose own look does. On redrive: drops what is left',
  });
  const end = sfn.Succeed.jsonata(scope, 'The run is given up', {
    outputs: '{% $states.input.released %}',
    comment: 'What the run had held goes on. On redrive: is not run again',
  });
  read.next(any);
  any
    .when(sfn.Condition.jsonata("{% $states.input.found.services != '' %}"), resume.startState)
    .otherwise(left);
  resume.next(left);
  left.when(sfn.Condition.jsonata('{% $states.input.found.copies %}'), drop).otherwise(end);
  drop.next(end);
  return sfn.Chain.custom(read, [], end);
}
