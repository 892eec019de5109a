// State machines as they are synthesized: parsed, with references to other resources as text.

import * as path from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { TargetWith } from '../../lambdas/shared/inputs/target';
import { readTarget } from '../../lib/platform/target-config';
import { AspectsStack } from '../../lib/runbooks/aspects/aspects-stack';
import { ClickstreamStack } from '../../lib/runbooks/clickstream/clickstream-stack';
import { RdwStack } from '../../lib/runbooks/rdw/rdw-stack';
import { StudentModuleHistoryStack } from '../../lib/runbooks/student-module-history/student-module-history-stack';

export interface State {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[] }[];
  readonly Arguments?: { readonly FunctionName: string; readonly Payload: Record<string, unknown> };
  readonly Resource?: string;
  readonly Label?: string;
  readonly ToleratedFailurePercentage?: number | string;
  readonly ItemProcessor?: {
    readonly ProcessorConfig: { readonly Mode: string; readonly ExecutionType?: string };
    readonly States: Readonly<Record<string, State>>;
  };
}

export interface Definition {
  readonly QueryLanguage?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** The example target, which has every runbook. */
export const exampleTarget = () =>
  readTarget(path.join(__dirname, '../../config'), 'example') as TargetWith<'clickstream'> &
    TargetWith<'rdw'> &
    TargetWith<'studentModuleHistory'> &
    TargetWith<'aspects'>;

export function clickstreamTemplate(change: Partial<TargetWith<'clickstream'>> = {}): Template {
  const app = new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });
  const target = { ...exampleTarget(), ...change };
  return Template.fromStack(new ClickstreamStack(app, { targetName: 'example', target }));
}

export function rdwTemplate(change: Partial<TargetWith<'rdw'>> = {}): Template {
  const app = new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });
  const target = { ...exampleTarget(), ...change };
  return Template.fromStack(new RdwStack(app, { targetName: 'example', target }));
}

export function studentModuleHistoryTemplate(
  change: Partial<TargetWith<'studentModuleHistory'>> = {},
): Template {
  const app = new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });
  const target = { ...exampleTarget(), ...change };
  return Template.fromStack(new StudentModuleHistoryStack(app, { targetName: 'example', target }));
}

export function aspectsTemplate(change: Partial<TargetWith<'aspects'>> = {}): Template {
  const app = new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });
  const target = { ...exampleTarget(), ...change };
  return Template.fromStack(new AspectsStack(app, { targetName: 'example', target }));
}

/** Templates of all runbooks, by runbook. */
export const templates = () => ({
  clickstream: clickstreamTemplate(),
  rdw: rdwTemplate(),
  'student-module-history': studentModuleHistoryTemplate(),
  aspects: aspectsTemplate(),
});

/** Definitions of the machines of all runbooks, by machine name. */
export const allDefinitions = (): Record<string, Definition> =>
  Object.assign({}, ...Object.values(templates()).map(definitionsOf));

/** Definitions of all machines of a template, by machine name. */
export function definitionsOf(template: Template): Record<string, Definition> {
  const machines = template.findResources('AWS::StepFunctions::StateMachine');
  return Object.fromEntries(
    Object.values(machines).map(({ Properties }) => [
      Properties.StateMachineName as string,
      JSON.parse(textOf(Properties.DefinitionString)) as Definition,
    ]),
  );
}

/** Every state of a definition with its name, those in Maps included. */
export function statesOf(definition: Pick<Definition, 'States'>): [string, State][] {
  return Object.entries(definition.States).flatMap(([name, state]) => [
    [name, state] as [string, State],
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
  ]);
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  if (join) return join[1].map(textOf).join(join[0]);
  return JSON.stringify(value).replace(/["{}]/g, '');
}
