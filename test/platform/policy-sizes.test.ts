// IAM refuses policies that are too long, and a stack with one is not made.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';

const MANAGED_POLICY = 6_144;
const INLINE_POLICIES_OF_A_ROLE = 10_240;

const ROOT = path.join(__dirname, '../..');
const folder = mkdtempSync(path.join(tmpdir(), 'policies-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Resource {
  readonly Type: string;
  readonly Properties: {
    readonly PolicyDocument: unknown;
    readonly Roles?: readonly { readonly Ref: string }[];
  };
}

/** Length without white space, with a name in place of each reference that is as long as names are. */
const lengthOf = (document: unknown) =>
  JSON.stringify(document, (_, value) => {
    if (typeof value !== 'object' || value === null) return value;
    if ('Fn::Join' in value) return (value['Fn::Join'][1] as unknown[]).map(textOf).join('');
    if ('Ref' in value || 'Fn::GetAtt' in value) return textOf(value);
    return value;
  }).length;

const textOf = (part: unknown): string => {
  if (typeof part === 'string') return part;
  const text = JSON.stringify(part);
  if (text.includes('AWS::Partition')) return 'aws-us-gov';
  return (text.includes('Fn::GetAtt') ? 'a' : 'n').repeat(text.includes('Arn') ? 110 : 60);
};

/** Without a flag of CDK from outside, as in a project that has the package as a dependency. */
const templates = () => {
  const app = path.join(ROOT, 'bin/upgrade-runbooks.ts');
  const { status, stderr } = spawnSync(process.execPath, [require.resolve('tsx/cli'), app], {
    cwd: ROOT,
    env: { ...process.env, CDK_OUTDIR: folder },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
    .map(({ Resources }) => Object.entries(Resources as Record<string, Resource>));
};

test('policies are no longer than IAM takes them, also without a cdk.json', () => {
  const stacks = templates();
  expect(stacks.length).toBeGreaterThan(2);
  for (const resources of stacks) {
    const managed = resources.filter(([, { Type }]) => Type === 'AWS::IAM::ManagedPolicy');
    const roles = new Map<string, number>();
    for (const [, { Type, Properties }] of resources) {
      if (Type !== 'AWS::IAM::Policy') continue;
      for (const { Ref } of Properties.Roles ?? []) {
        roles.set(Ref, (roles.get(Ref) ?? 0) + lengthOf(Properties.PolicyDocument));
      }
    }
    const long = [
      ...managed.filter(
        ([, { Properties }]) => lengthOf(Properties.PolicyDocument) > MANAGED_POLICY,
      ),
      ...[...roles].filter(([, length]) => length > INLINE_POLICIES_OF_A_ROLE),
    ];
    expect(long.map(([name]) => name)).toEqual([]);
  }
});
