// The package's public face: steps to build runbooks with, and the machine that runs them.

export type { CopyColumn } from '../lambdas/copy-chunks/payload';
export type { Evidence } from '../lambdas/run-batches/payload';
export type { Kind, Thing } from '../lambdas/shared/quiesced/thing';
export type {
  SqlLiteral,
  SqlSource,
  StatementTemplate,
  TransactionTemplate,
} from '../lambdas/shared/sql';
export type { WarehouseTarget } from '../lambdas/shared/warehouse-target';
export * from './platform/answer-machine';
export type { MachineArns } from './platform/execution-arns';
export type { Machine, MachineProps } from './platform/machine';
export * from './platform/platform';
export * from './platform/props-error';
export * from './platform/quiet-watch';
export * from './platform/release-machine';
export * from './platform/runbook-machine';
export type { TaskFunction, TaskFunctionProps } from './platform/task-function';
export type { StatesCall, TaskRights, TaskVpc } from './platform/task-rights';
export * from './steps/batched-procedure';
export * from './steps/chain';
export * from './steps/chunked-copy';
export * from './steps/copy-settings';
export * from './steps/copy-settings-machine';
export type { CopyTablesProps, MySqlTable } from './steps/copy-tables';
export * from './steps/external-functions';
export * from './steps/for-each';
export * from './steps/host';
export * from './steps/host-command';
export * from './steps/manual-gate';
export * from './steps/mysql-server';
export * from './steps/quiesce';
export * from './steps/redshift-copy';
export * from './steps/redshift-statement';
export * from './steps/redshift-transaction';
export * from './steps/redshift-unload';
export * from './steps/s3-files';
export * from './steps/sql-text';
export * from './steps/stack-update';
export * from './steps/unload-copy';
export * from './steps/wait-loop';
export * from './steps/warehouse';
export * from './steps/warehouse-snapshot';
