// What a diagram needs of a state machine's definition, read from the synthesized JSON.

/** A state as it stands in a definition. */
export interface AslState {
  readonly Type: string;
  readonly Comment?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Resource?: string;
  readonly Choices?: readonly { readonly Condition?: string; readonly Next: string }[];
  readonly ItemProcessor?: AslGraph;
}

/** The states of a machine, or of the children of a Map. */
export interface AslGraph {
  readonly Comment?: string;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, AslState>>;
}

/** Kinds of boxes. A person is waited for where a task hands out its token. */
export type Kind = 'task' | 'gate' | 'choice' | 'pass' | 'wait' | 'map' | 'succeed' | 'fail';

/** A way from one state to another. */
export interface Way {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

export function kindOf({ Type, Resource }: AslState): Kind {
  if (Type === 'Task' && Resource?.endsWith('.waitForTaskToken')) return 'gate';
  const kind = Type.toLowerCase();
  const known = ['task', 'choice', 'pass', 'wait', 'map', 'succeed', 'fail'];
  if (!known.includes(kind)) throw new Error(`no box is known for a state of type ${Type}`);
  return kind as Kind;
}

/** Ways out of a state, in the order in which the definition tries them. */
export function waysOf(from: string, state: AslState): Way[] {
  const rules = (state.Choices ?? []).map(({ Condition, Next }) => ({
    from,
    to: Next,
    label: labelOf(Condition ?? ''),
  }));
  const last = state.Default ?? state.Next;
  const label = state.Default === undefined ? '' : 'otherwise';
  return last === undefined ? rules : [...rules, { from, to: last, label }];
}

/** A condition in few words: where it looks in the state data, without the signs of the language. */
export function labelOf(condition: string): string {
  return condition
    .replace(/^\{%\s*|\s*%\}$/g, '')
    .replace(/\$states\.input\.(input\.)?/g, '')
    .replace(/^\w+\.status = '(\w+)'$/, '$1')
    .replace(/^\$type\(([\w.]+)\) = 'number'$/, '$1 is given')
    .replace(/^\$type\(([\w.]+)\) = 'object'$/, '$1 is there')
    .replace(/^true$/, 'always')
    .replace(/^\$exists\([\w.]+?(\w+)\)$/, '$1')
    .replace(/^\$count\(([\w.]+)\) > 0$/, 'any $1')
    .replace(/\(\s+|\s+\)/g, (sign) => sign.trim());
}

/** A machine's name without the target's, which is another one in each account. */
export const titleOf = (machine: string, target: string): string =>
  machine.startsWith(`${target}-`) ? machine.slice(target.length + 1) : machine;
