// The package's public face: steps to build runbooks with, and the runbooks themselves.

export * from './platform/platform';
export * from './platform/props-error';
export * from './steps/batched-procedure';
export * from './steps/chain';
export * from './steps/for-each';
export * from './steps/redshift-statement';
export * from './steps/sql-text';
export * from './steps/warehouse';
