// What a step knows of a function that has to work in the warehouse. Pure types: constructs import them.

import type { StatementTemplate } from '../sql';

/** A function of varchar arguments and a varchar result, and how one tells that it is right. */
export interface FunctionSpec {
  /** Its name in the schema, lower case. */
  readonly name: string;
  /** How many arguments it takes, 1 to 3. */
  readonly arguments: number;
  /** MAX_BATCH_ROWS and MAX_BATCH_SIZE of an external function. */
  readonly maxBatchRows: number;
  readonly maxBatchKb: number;
  /** Ordinary values: columns name, expected, actual, compared as JSON. The schema is `{{id:schema}}`. */
  readonly probe: StatementTemplate;
  /** Values an external function must bear besides; null for none. */
  readonly golden: StatementTemplate | null;
}

/** `refused`: the warehouse fails a statement that calls it. `wrong`: an answer is not the expected one. */
export type Verdict = 'works' | 'missing' | 'refused' | 'wrong';

/** How a function was found. */
export interface Found {
  readonly name: string;
  readonly verdict: Verdict;
  /** Language and owner, when it is there. */
  readonly language?: string;
  readonly owner?: string;
  /** The warehouse's error, or the answer that is not right. */
  readonly why?: string;
}

/** Language of functions a Lambda function answers, as the catalog calls it. */
export const EXTERNAL = 'exfunc';
