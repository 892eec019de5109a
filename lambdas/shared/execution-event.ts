// The event "Step Functions Execution Status Change" as far as tasks read it.
// https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html

export interface ExecutionEvent {
  readonly detail: {
    readonly executionArn: string;
    readonly stateMachineArn: string;
    readonly status: string;
    /** Epoch milliseconds. */
    readonly stopDate: number | null;
  };
}
