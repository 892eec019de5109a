// Datasets of Superset as it exports them, in YAML or JSON: database and table are two members that change together.

import { isMap, isScalar, parseAllDocuments, type Scalar, visit, type YAMLMap } from 'yaml';
import { type DatabaseNames, inTheWayOf, roleIn } from './databases';
import type { Fates } from './target';
import { type Edit, type Found, noneFor, type Remark } from './texts';

/** A member's value and where it stands. */
interface Member {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** Pairs of `schema` and `table_name`. */
export function datasets(text: string, fates: Fates, names: DatabaseNames): Found {
  const edits: Edit[] = [];
  const remarks: Remark[] = [];
  for (const { schema, table } of pairsOf(text)) {
    const role = roleIn(schema.value, names);
    const old = `${role}.${table.value}`;
    const fate = role && fates.get(old);
    if (!fate) continue;
    if (!fate.to) {
      remarks.push({ at: table.start, name: old, why: noneFor(fate) });
      continue;
    }
    const to = inTheWayOf(schema.value, fate.to.database, names);
    edits.push({ ...table, text: fate.to.name, old, fate });
    if (to !== schema.value) edits.push({ ...schema, text: to, old, fate });
  }
  return { edits, remarks };
}

function pairsOf(text: string): { readonly schema: Member; readonly table: Member }[] {
  const documents = parseAllDocuments(text);
  const broken = !Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0);
  if (broken) return pairInLines(text);
  const found: { schema: Member; table: Member }[] = [];
  for (const document of documents) {
    visit(document, {
      Map(_, map) {
        const schema = memberOf(map, 'schema', text);
        const table = memberOf(map, 'table_name', text);
        if (schema && table) found.push({ schema, table });
      },
    });
  }
  // Bare Jinja in braces is a map to YAML.
  return found.length > 0 ? found : pairInLines(text);
}

function memberOf(map: YAMLMap, key: string, text: string): Member | undefined {
  if (!isMap(map)) return undefined;
  const node = map.get(key, true) as Scalar | undefined;
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  // Within its quotes, if it has some.
  const start = text.indexOf(node.value, node.range[0]);
  if (start < 0 || start > node.range[0] + 1) return undefined;
  return { value: node.value, start, end: start + node.value.length };
}

/** A template whose Jinja is no YAML: members at the beginning of lines. */
function pairInLines(text: string): { readonly schema: Member; readonly table: Member }[] {
  const line = (key: string): Member | undefined => {
    const match = new RegExp(`^${key}:[ \\t]*(["']?)(.+?)\\1[ \\t]*$`, 'm').exec(text);
    if (!match) return undefined;
    const start = match.index + match[0].indexOf(match[2]!, key.length + 1);
    return { value: match[2]!, start, end: start + match[2]!.length };
  };
  const [schema, table] = [line('schema'), line('table_name')];
  return schema && table ? [{ schema, table }] : [];
}
