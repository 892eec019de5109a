// Looks at one text: what is replaced, what a person must look at.

import { basename } from 'node:path';
import type { DbtVersion } from '../../../lambdas/shared/aspects/relations';
import type { DatabaseNames } from './databases';
import { datasets } from './datasets';
import { pins } from './project';
import { risksOf } from './risks';
import type { Fates } from './target';
import { qualifiedNames, type Remark, references, withEdits } from './texts';

/** What a text is looked at with. */
export interface CheckOptions {
  readonly dbt: DbtVersion;
  readonly fates: Fates;
  readonly names: DatabaseNames;
}

/** A line of the outcome; lines are counted from 1. */
export interface Line {
  readonly file: string;
  readonly line: number;
  readonly name: string;
}

/** What was found in a file. */
export interface FileResult {
  readonly file: string;
  readonly before: string;
  readonly after: string;
  readonly rewrites: readonly (Line & { readonly to: string })[];
  readonly reports: readonly (Line & { readonly why: string })[];
  readonly risks: readonly (Line & { readonly why: string })[];
}

/** Looks at a file's text. */
export function checkText(file: string, before: string, options: CheckOptions): FileResult {
  const { dbt, fates, names } = options;
  const isTree = /\.(ya?ml|json)$/.test(file);
  const found = [
    qualifiedNames(before, fates, names),
    references(before, fates),
    ...(isTree ? [datasets(before, fates, names)] : []),
  ];
  const edits = found.flatMap((one) => one.edits);
  const remarks = found.flatMap((one) => one.remarks);
  const pinned = /^packages\.ya?ml$/.test(basename(file)) ? pins(before, dbt) : [];
  const line = (at: number) => before.slice(0, at).split('\n').length;
  const told = ({ at, name, why }: Remark) => ({ file, line: line(at), name, why });
  return {
    file,
    before,
    after: withEdits(before, edits),
    rewrites: edits
      .map(({ start, old, fate }) => ({
        file,
        line: line(start),
        name: old,
        to: `${fate.to!.database}.${fate.to!.name}`,
      }))
      .sort((a, b) => a.line - b.line),
    reports: [...remarks, ...pinned].map(told).sort((a, b) => a.line - b.line),
    risks: risksOf(before, edits).map(told),
  };
}
