// The first and the last ids of a table.

import { type Table, whole } from './table';

/** Null: there is no row. */
export interface Ends {
  readonly min: bigint | null;
  readonly max: bigint | null;
}

export async function endsOf(table: Table): Promise<Ends> {
  const { min_id, max_id } = await table.row('ends');
  return { min: whole(min_id), max: whole(max_id) };
}

/** The first row whose id is not below one. */
export async function firstFrom(table: Table, from: bigint): Promise<bigint | null> {
  return whole((await table.row('next-id', { from })).id);
}

/** The last row whose id is below one. */
export async function lastBelow(table: Table, below: bigint): Promise<bigint | null> {
  return whole((await table.row('last-id-below', { below })).id);
}

/** Ids in the state data are text: JavaScript's numbers are exact to 2^53 only. */
export const text = (id: bigint | null): string | null => (id === null ? null : String(id));
