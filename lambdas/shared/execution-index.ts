// From an execution to its run: rules on closed executions know an ARN only.

import type { Ledger, LedgerKey } from './ledger';

const executionKey = (executionArn: string): LedgerKey => ({
  pk: `execution#${executionArn}`,
  sk: 'run',
});

export async function rememberExecution(ledger: Ledger, executionArn: string, runId: string) {
  await ledger.put(executionKey(executionArn), { runId });
}

/** Id of the run an execution opened or took over; undefined for one that was refused or dry. */
export async function runOfExecution(
  ledger: Ledger,
  executionArn: string,
): Promise<string | undefined> {
  return (await ledger.get<{ runId: string }>(executionKey(executionArn)))?.runId;
}
