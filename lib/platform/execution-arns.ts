import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/**
 * ARNs around a state machine, made from its name: tasks and policies that speak of a machine would
 * otherwise wait for it, and the machine waits for them.
 */
export class MachineArns {
  /** `…:stateMachine:<name>` */
  readonly machine: string;
  /** Machines of the children of its Distributed Maps. */
  readonly childMachines: string;
  /** Its executions. */
  readonly executions: string;
  /** Executions of the children of its Distributed Maps. */
  readonly children: string;
  /** Map Runs of its Distributed Maps. */
  readonly mapRuns: string;

  constructor(
    scope: IConstruct,
    /** Full name of the machine. */
    readonly name: string,
  ) {
    const arn = (resource: string, resourceName: string) =>
      Stack.of(scope).formatArn({
        service: 'states',
        resource,
        resourceName,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    this.machine = arn('stateMachine', name);
    this.childMachines = arn('stateMachine', `${name}/*`);
    this.executions = arn('execution', `${name}:*`);
    this.children = arn('execution', `${name}/*`);
    this.mapRuns = arn('mapRun', `${name}/*`);
  }
}
