// All diagrams that stand in docs/diagrams: one a machine, and the README's.

import { type AslGraph, titleOf } from '../../lambdas/shared/diagram/definition';
import { svgOf } from '../../lambdas/shared/diagram/svg';
import { allDefinitions } from '../../test/support/definitions';

const TARGET = 'example';

/** The README shows one machine, and where a redrive begins. */
const README = {
  machine: 'clickstream-console-update',
  failed: 'Follow the update of the console',
};

/** File names with their content. */
export function diagrams(): Record<string, string> {
  const machines = allDefinitions() as unknown as Record<string, AslGraph>;
  const each = Object.entries(machines).map(([machine, definition]) => [
    `${titleOf(machine, TARGET)}.svg`,
    svgOf({ machine, target: TARGET, definition }),
  ]);
  const { machine, failed } = README;
  const definition = machines[`${TARGET}-${machine}`]!;
  return {
    ...Object.fromEntries(each),
    'failed.svg': svgOf({ machine, target: TARGET, definition, failed }),
  };
}
