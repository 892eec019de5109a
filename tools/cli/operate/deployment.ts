// What a deployment changes for an execution that goes on afterwards. A redrive meets the definition the execution
// was started with, and the functions as they are then: so what counts is whether each of them is still there, may
// be called by the machine's role, and may do what it could.

/** A template, as far as it is compared. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** A template before and after a deployment. */
export interface Deployment {
  readonly now: Template;
  readonly next: Template;
}

const FUNCTION = 'AWS::Lambda::Function';

/** What an execution of a machine loses that calls these functions; empty when it can go on. */
export function taken(
  { now, next }: Deployment,
  machineId: string,
  functionIds: readonly string[],
): string[] {
  const machine = next.Resources?.[machineId];
  if (machine?.Type !== 'AWS::StepFunctions::StateMachine') {
    return ['the machine itself is removed, and its executions with it'];
  }
  const before = now.Resources?.[machineId];
  if (differ(before, machine, 'StateMachineName')) {
    return ['the machine gets another name: it is made anew, and its executions are gone'];
  }
  return [...stores(now, next), ...functionIds.flatMap((id) => lossOf({ now, next }, machine, id))];
}

function lossOf({ now, next }: Deployment, machine: TemplateResource, id: string): string[] {
  const task = taskOf(now, id);
  const found = next.Resources?.[id];
  if (found?.Type !== FUNCTION) return [`task ${task} is removed`];
  if (differ(now.Resources?.[id], found, 'FunctionName')) return [`task ${task} gets another name`];
  const calls = rightsOf(next, machine.Properties?.RoleArn).map(({ text }) => text);
  const lost = rightsLost({ now, next }, id);
  return [
    ...(calls.some((text) => text.startsWith('lambda:InvokeFunction') && text.includes(`"${id}"`))
      ? []
      : [`the machine may not call task ${task} any more`]),
    ...(lost.length > 0 ? [`task ${task} may not do any more: ${lost.join(', ')}`] : []),
  ];
}

/** Actions on resources that a function's role has no more. */
function rightsLost({ now, next }: Deployment, id: string): string[] {
  const before = rightsOf(now, now.Resources?.[id]?.Properties?.Role);
  const after = new Set(rightsOf(next, next.Resources?.[id]?.Properties?.Role).map((r) => r.text));
  const lost = before.filter(({ text }) => !after.has(text)).map(({ action }) => action);
  return [...new Set(lost)].sort();
}

/** Ledger and reports, without which no run goes on. */
function stores(now: Template, next: Template): string[] {
  const kept = ['AWS::DynamoDB::Table', 'AWS::S3::Bucket'];
  return Object.entries(now.Resources ?? {})
    .filter(([, { Type }]) => kept.includes(Type))
    .filter(([id, { Type }]) => next.Resources?.[id]?.Type !== Type)
    .map(([id, { Type }]) => `${Type} ${id}, the record of the run, is replaced`);
}

/** Functions whose code is another one afterwards. */
export function newCode({ now, next }: Deployment, ids: readonly string[]): string[] {
  const changed = ids.filter((id) => differ(now.Resources?.[id], next.Resources?.[id], 'Code'));
  return changed.map((id) => taskOf(now, id));
}

/** Whether executions that are started afterwards have another definition. */
export const newDefinition = ({ now, next }: Deployment, machineId: string): boolean =>
  differ(now.Resources?.[machineId], next.Resources?.[machineId], 'DefinitionString');

/** A task's name as people know it: what its description says, or its logical id. */
function taskOf({ Resources }: Template, id: string): string {
  const description = String(Resources?.[id]?.Properties?.Description ?? '');
  return /^Task (\S+) /.exec(description)?.[1] ?? id;
}

const differ = (
  before: TemplateResource | undefined,
  after: TemplateResource | undefined,
  property: string,
): boolean =>
  JSON.stringify(before?.Properties?.[property]) !== JSON.stringify(after?.Properties?.[property]);

interface Right {
  readonly action: string;
  /** Action and resource. */
  readonly text: string;
}

interface PolicyStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: unknown;
}

const listOf = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T];

/** What the policies of a role allow; the role as a property names it: `{"Fn::GetAtt": [id, "Arn"]}`. */
function rightsOf({ Resources = {} }: Template, role: unknown): Right[] {
  const [roleId] = (role as { 'Fn::GetAtt'?: [string, string] })?.['Fn::GetAtt'] ?? [];
  if (roleId === undefined) return [];
  const own = listOf(Resources[roleId]?.Properties?.Policies as object[] | undefined);
  const attached = Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Policy' || Type === 'AWS::IAM::ManagedPolicy')
    .filter(({ Properties }) => JSON.stringify(Properties?.Roles ?? []).includes(`"${roleId}"`))
    .map(({ Properties }) => Properties!);
  return [...own, ...attached].flatMap((policy) => {
    const { PolicyDocument: document } = policy as {
      PolicyDocument: { Statement: PolicyStatement | readonly PolicyStatement[] };
    };
    return listOf(document.Statement as PolicyStatement)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap(({ Action, Resource }) =>
        listOf(Action).flatMap((action) =>
          listOf(Resource).map((one) => ({ action, text: `${action} ${JSON.stringify(one)}` })),
        ),
      );
  });
}
