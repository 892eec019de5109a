// Where an account is: what the caller says, else the stacks, else the scenario.

import type { AssemblyStack } from '../assembly/assembly';
import type { Account } from './account';
import type { CloudOptions } from './contract';

/** Account, region and partition. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
}

export function placeOf(
  options: CloudOptions,
  sources: readonly AssemblyStack[],
  scenario: Account,
): Place {
  const own = <K extends 'account' | 'region'>(key: K) =>
    options[key] ?? sources.find((source) => source[key])?.[key] ?? scenario[key];
  const region = own('region') ?? 'us-east-1';
  const partition = /^(cn|us-gov)-/.exec(region)?.[1];
  return {
    account: own('account') ?? '000000000000',
    region,
    partition: partition ? `aws-${partition}` : 'aws',
  };
}

/** An ARN there. */
export const arnIn =
  ({ partition, account, region }: Place) =>
  (service: string, rest: string, where = region): string =>
    `arn:${partition}:${service}:${where}:${account}:${rest}`;
