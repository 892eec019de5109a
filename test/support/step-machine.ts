// A few states in a machine of their own: template, parsed states, and the rights of each task.

import { App, Stack, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Machine } from '../../lib/platform/machine';

export interface ParsedState {
  readonly Type: string;
  readonly Comment: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Arguments?: { readonly Payload: Record<string, unknown> };
}

/** Synthesizes what `define` returns; with guard rails a wildcard without its reason throws. */
export function synthStates(define: (stack: Stack) => sfn.IChainable, guardRails = false) {
  const app = new App();
  const stack = new Stack(app, 'example', {
    env: { account: '000000000000', region: 'us-east-1' },
  });
  const definition = define(stack);
  const machine = new Machine(stack, 'Machine', { name: 'm', comment: 'a test', definition });
  const { definitionString } = machine.stateMachine.node.defaultChild as unknown as {
    definitionString: string;
  };
  const text = stack.resolve(definitionString) as { 'Fn::Join': [string, unknown[]] };
  const parts = text['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : 'TOKEN'));
  const { StartAt, States } = JSON.parse(parts.join(''));
  if (guardRails) Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return {
    template: Template.fromStack(stack),
    first: StartAt as string,
    states: States as Record<string, ParsedState>,
  };
}

/** What a state leads to, in order. */
export const waysOf = ({ Next, Choices = [], Default }: ParsedState): (string | undefined)[] =>
  Next === undefined ? [...Choices.map((choice) => choice.Next), Default] : [Next];

/** States from the first to the last, where each Choice takes its last way. */
export function mainPath(states: Record<string, ParsedState>, first: string): string[] {
  const path: string[] = [];
  for (let at: string | undefined = first; at !== undefined; at = waysOf(states[at]!).at(-1)) {
    path.push(at);
  }
  return path;
}

/** Tasks that may do something, each with the resources as text. */
export function grantsOf(template: Template, action: string): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [id, { Properties }] of Object.entries(template.findResources('AWS::IAM::Policy'))) {
    const task = id.replace(/^Platform|(Service)?RoleDefaultPolicy.*/g, '');
    for (const { Action, Resource } of Properties.PolicyDocument.Statement) {
      if (![Action].flat().includes(action)) continue;
      const resources = [Resource].flat().map((one) => textOf(one));
      found[task] = [...(found[task] ?? []), ...resources];
    }
  }
  return found;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join ? join[1].map(textOf).join(join[0]) : JSON.stringify(value).replace(/["{}]/g, '');
}
