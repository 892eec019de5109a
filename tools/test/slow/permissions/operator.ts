// What an operator does with a machine, by calls of the API: every one that the policy allows.

import {
  CloudFormationClient,
  GetTemplateCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { LedgerView } from '../../../cli/ledger-view';
import { until } from '../support';
import type { Stage } from './stage';

/** Starts a machine whose Map fails, looks at it from all sides, redrives it and stops it. */
export async function operate(
  stage: Stage,
  machine: string,
  input: unknown,
  meanwhile = async (_arn: string): Promise<void> => {},
): Promise<void> {
  const { cloud, operator } = stage;
  const stateMachineArn = stage.machineArn(machine);
  await operator.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const start = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) });
  const { executionArn } = await operator.send(start);
  await meanwhile(executionArn!);
  await until(cloud, async () => {
    const { status } = await operator.send(new DescribeExecutionCommand({ executionArn }));
    return status === 'FAILED';
  });
  await operator.send(new ListExecutionsCommand({ stateMachineArn }));
  await operator.send(new GetExecutionHistoryCommand({ executionArn }));
  await operator.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  await readRecords(stage, executionArn!);
  const { mapRuns } = await operator.send(new ListMapRunsCommand({ executionArn }));
  const { mapRunArn } = mapRuns![0]!;
  await operator.send(new DescribeMapRunCommand({ mapRunArn }));
  const { executions } = await operator.send(new ListExecutionsCommand({ mapRunArn }));
  const child = { executionArn: executions![0]!.executionArn };
  await operator.send(new DescribeExecutionCommand(child));
  await operator.send(new GetExecutionHistoryCommand(child));
  // A child may have Map Runs of its own.
  await operator.send(new ListMapRunsCommand(child));
  await operator.send(new RedriveExecutionCommand({ executionArn }));
  await operator.send(new StopExecutionCommand({ executionArn }));
}

/** Finds ledger and reports by the stack, and reads what they say about a run that has failed. */
async function readRecords(
  { cloud, operatorSettings, stack }: Stage,
  executionArn: string,
): Promise<void> {
  const cloudFormation = new CloudFormationClient(operatorSettings);
  const found = await cloudFormation.send(new ListStackResourcesCommand({ StackName: stack }));
  await cloudFormation.send(new GetTemplateCommand({ StackName: stack }));
  const resources = found.StackResourceSummaries!;
  const idOf = (type: string, word: string) =>
    resources.find((one) => one.ResourceType === type && one.LogicalResourceId!.includes(word))!
      .PhysicalResourceId!;
  const ledger = new LedgerView(operatorSettings, idOf('AWS::DynamoDB::Table', 'Ledger'));
  const run = (await ledger.runOf(executionArn))!;
  await ledger.items(run);
  const Bucket = idOf('AWS::S3::Bucket', 'Reports');
  const Key = `${run}/report.md`;
  await until(cloud, () => cloud.store.get(Bucket, Key) !== undefined);
  const s3 = new S3Client({ ...operatorSettings, forcePathStyle: true });
  await s3.send(new GetObjectCommand({ Bucket, Key }));
  for (const client of [cloudFormation, s3]) client.destroy();
  ledger.close();
}
