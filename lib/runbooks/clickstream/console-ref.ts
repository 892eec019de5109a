import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ConsoleRef } from '../../../lambdas/shared/clickstream/console-access';
import type { ClickstreamTarget } from '../../../lambdas/shared/inputs/target';

/** The console as payloads name it; a task works in its VPC only to call the API. */
export function consoleRef(
  scope: Construct,
  { console }: Pick<ClickstreamTarget, 'console'>,
): ConsoleRef {
  const { stackName, region, apiTokenSecretArn, vpc } = console;
  return {
    stackName,
    region: region ?? Stack.of(scope).region,
    tokenSecretArn: apiTokenSecretArn ?? null,
    inVpc: vpc !== undefined && apiTokenSecretArn !== undefined,
  };
}
