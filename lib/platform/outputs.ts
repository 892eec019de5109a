import { CfnOutput } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { consoleLink } from '../../lambdas/shared/inputs/links';
import type { Machine } from './machine';

/** Properties of {@link machineOutputs}. */
export interface MachineOutputsProps {
  /** Machine the outputs are about. */
  readonly machine: Machine;

  /** An input that validates. */
  readonly example: unknown;

  /**
   * Page that explains the machine.
   *
   * @default - no such output
   */
  readonly docs?: string;
}

/** What `cdk deploy` prints about a machine: where to start it, with what, and where to read on. */
export function machineOutputs(scope: Construct, props: MachineOutputsProps): void {
  const { machine, example, docs } = props;
  const { name } = machine.arns;
  new CfnOutput(scope, 'Console', {
    description: `Start and watch ${name} here`,
    value: consoleLink(machine.arns.machine),
  });
  new CfnOutput(scope, 'ExampleInput', {
    description: `An input of ${name}`,
    value: JSON.stringify(example),
  });
  if (docs !== undefined) {
    new CfnOutput(scope, 'Docs', { description: `How to run ${name}`, value: docs });
  }
}
