// The states that read a project's pipeline: with everything that is in the way of an upgrade, and its
// facts alone.

import type * as lambda from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';
import { allow } from '../../platform/allow';
import { Platform } from '../../platform/platform';
import type { TaskRights } from '../../platform/task-rights';
import { addResult, taskState } from '../../platform/task-state';
import { consoleRef } from './console-ref';
import { GENERATED_NAMES, SolutionArns } from './solution-arns';

const INPUT = '$states.input.input';

/** What a machine wants to know of the pipeline. */
export interface PipelineCheck {
  /** Whether the pipeline is upgraded: to this version (JSONata), or to that of the console. */
  readonly upgradeTo?: 'console' | string;

  /** Days of events that are migrated, as JSONata. @default - none */
  readonly days?: string;

  /** Applications, as JSONata. @default - none: they are not compared with those of the pipeline */
  readonly appIds?: string;
}

/** Reads the pipeline and reports every finding at once. */
export function checkPipeline(
  scope: Construct,
  target: ClickstreamTarget,
  check: PipelineCheck,
  id = 'Read the pipeline',
) {
  return taskState(scope, id, {
    task: readPipelineTask(scope, target),
    payload: {
      ...pipelineMembers(scope, target, check),
      dryRun: `{% ${INPUT}.dryRun %}`,
    },
    outputs: addResult('pipeline'),
    comment:
      'Finds the stacks of the project by their tag, and reports every finding at once; changes nothing. On redrive: looks again',
  });
}

/** Reads the facts once more, where an upgrade may have changed them. */
export function readPipelineAgain(scope: Construct, target: ClickstreamTarget) {
  const { check: _, ...members } = pipelineMembers(scope, target, {});
  return taskState(scope, 'Read the upgraded pipeline', {
    task: readPipelineTask(scope, target),
    payload: { ...members, dryRun: false },
    outputs: addResult('pipeline'),
    comment: 'Names of what the solution has made anew; changes nothing. On redrive: looks again',
  });
}

/** Members of the payload that say what is looked at. */
export function pipelineMembers(
  scope: Construct,
  target: ClickstreamTarget,
  { upgradeTo, days, appIds }: PipelineCheck,
) {
  return {
    projectId: target.projectId,
    region: new SolutionArns(scope, target).region,
    stackPrefix: target.pipeline.stackPrefix,
    check: {
      appIds: appIds ?? [],
      targetVersion: upgradeTo === 'console' ? null : (upgradeTo ?? null),
      console: upgradeTo === undefined ? null : consoleRef(scope, target),
      timezones: upgradeTo === undefined ? {} : `{% ${INPUT}.pipeline.timezones %}`,
      days: days ?? null,
    },
  };
}

/** Rights of a task that reads the pipeline; in the console's VPC when it calls the API there. */
export function pipelineReader({ console }: Pick<ClickstreamTarget, 'console'>): TaskRights {
  const inVpc = console.vpc !== undefined && console.apiTokenSecretArn !== undefined;
  return { ledger: ['GetItem', 'Query'], ...(inVpc ? { vpc: console.vpc } : {}) };
}

/** Lets a task find the pipeline's stacks, look into them, and ask the console about it. */
export function allowReadPipeline(
  scope: Construct,
  task: lambda.Function,
  target: ClickstreamTarget,
): void {
  const solution = new SolutionArns(scope, target);
  const { apiTokenSecretArn } = target.console;
  allow(
    task,
    ['cloudformation:DescribeStacks'],
    ['*'],
    'A pipeline’s stacks are found by their tags, for which all stacks must be listed; the call changes nothing.',
  );
  allow(task, ['cloudformation:ListStackResources'], [solution.stacks], GENERATED_NAMES);
  allow(task, ['states:ListExecutions'], [solution.machine('schema')], GENERATED_NAMES);
  if (apiTokenSecretArn) allow(task, ['secretsmanager:GetSecretValue'], [apiTokenSecretArn]);
}

function readPipelineTask(scope: Construct, target: ClickstreamTarget) {
  const task = Platform.of(scope).task('read-pipeline', pipelineReader(target));
  allowReadPipeline(scope, task, target);
  return task;
}
