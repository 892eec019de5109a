// Not a task of a state machine: Redshift calls it, with batches of rows, through external functions.
// It keeps no state and calls nothing, because Redshift may send rows again and in any order.

import { answerOf, ProtocolError, readBatch, refusal } from './protocol';
import { answerRow } from './rows';

export const handler = async (event: unknown): Promise<string> => {
  try {
    const { udf, rows } = readBatch(event);
    return answerOf(rows.map((row) => answerRow(udf.name, row)));
  } catch (error) {
    if (error instanceof ProtocolError) return refusal(error.message);
    return refusal(`unexpected ${String(error)}`);
  }
};
