// What every integ test does: deploys a runbook's stack, starts its main machine with the example input, which is a
// dry run, and waits until that has succeeded. A dry run reads and plans, and changes nothing.

import * as path from 'node:path';
import { ExpectedResult, IntegTest } from '@aws-cdk/integ-tests-alpha';
import { App, type CfnOutput, Duration } from 'aws-cdk-lib';
import type { TargetConfig } from '../../lambdas/shared/inputs/target';
import type { RunbookMachine } from '../../lib';
import type { RunbookStack } from '../../lib/platform/runbook-stack';
import { readTarget } from '../../lib/platform/target-config';

/** Longest time of a dry run: checks ask services and warehouses, and wait for nothing. */
const LONGEST = Duration.minutes(20);

/**
 * Makes the app of an integ test. The target is `config/<INTEG_TARGET>.json`, by default `config/integ.json`.
 *
 * @param machine construct id of the runbook's main machine
 * @param make makes the stack, or nothing where the target does not configure the runbook
 */
export function dryRun(
  machine: string,
  make: (app: App, targetName: string, target: TargetConfig) => RunbookStack | undefined,
): IntegTest {
  const app = new App();
  const targetName = process.env.INTEG_TARGET ?? 'integ';
  const target = readTarget(path.resolve('config'), targetName);
  const stack = make(app, targetName, target);
  if (!stack) throw new Error(`config/${targetName}.json does not configure this runbook`);
  const { account, region } = target;
  const integ = new IntegTest(app, 'DryRun', { testCases: [stack], regions: [region] });
  const runbook = stack.node.findChild(machine) as RunbookMachine;
  const stateMachineArn = `arn:${stack.partition}:states:${region}:${account}:stateMachine:${runbook.machine.arns.name}`;
  const { value } = runbook.node.findChild('ExampleInput') as CfnOutput;
  const started = integ.assertions.awsApiCall('SFN', 'startExecution', {
    stateMachineArn,
    input: value,
  });
  const ended = integ.assertions.awsApiCall('SFN', 'describeExecution', {
    executionArn: started.getAttString('executionArn'),
  });
  ended
    .expect(ExpectedResult.objectLike({ status: 'SUCCEEDED' }))
    .waitForAssertions({ totalTimeout: LONGEST, interval: Duration.seconds(15) });
  started.next(ended);
  return integ;
}
