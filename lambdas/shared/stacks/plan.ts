// What shall become of a stack. Types only: constructs and tasks share them.

/** A parameter of the update. */
export interface PlannedParameter {
  readonly key: string;
  /** Left out: the stack keeps the value it has. */
  readonly value?: string;
}

/** One update of one stack, decided before anything is changed. */
export interface StackUpdatePlan {
  readonly stackName: string;
  readonly region: string;
  /** Address of a template that does not move. */
  readonly templateUrl: string;
  /** Every parameter the stack shall have; one that is not named takes the template's default. */
  readonly parameters: readonly PlannedParameter[];
  readonly capabilities: readonly string[];
  /** Service role CloudFormation works with; left out: the one the stack has. */
  readonly roleArn?: string;
  /** Description of the template, which the stack must carry when the update is done. */
  readonly description?: string;
  /** Sentences the person who approves must read. */
  readonly warnings: readonly string[];
}
