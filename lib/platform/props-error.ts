import type { IConstruct } from 'constructs';

/** A property or configuration value that cannot be deployed; says what was given and what is allowed. */
export class RunbookPropsError extends Error {
  /** Tells it from other errors. */
  override readonly name = 'RunbookPropsError';
  constructor(scope: IConstruct, message: string) {
    super(`${scope.node.path}: ${message}`);
  }
}
