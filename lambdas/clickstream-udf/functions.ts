// The six functions as Redshift sees them: what CREATE EXTERNAL FUNCTION says and what this task serves.
// Pure values: whoever creates the functions reads them here, so that the two cannot drift apart.
// https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_EXTERNAL_FUNCTION.html

/** Lambda's limit for a response; beyond it the caller gets an error and no answer. */
export const MOST_RESPONSE_BYTES = 6_291_556;

export interface ExternalFunction {
  readonly name: FunctionName;
  /** How many arguments it takes, each VARCHAR(65535). */
  readonly arguments: number;
  /** MAX_BATCH_ROWS. */
  readonly maxBatchRows: number;
  /** MAX_BATCH_SIZE, in KB. */
  readonly maxBatchKb: number;
  /** At most so many bytes of a response are a row's own, whatever it holds. */
  readonly responseBytesPerRow: number;
  /**
   * At most so many bytes of a response come from one byte of a row's arguments. The answer is JSON in
   * a text in JSON in a text in JSON: DEL is one byte that comes out as `\\\\u007f`.
   */
  readonly responseBytesPerByte: number;
}

export type FunctionName =
  | 'combine_json_list'
  | 'convert_json_list'
  | 'parse_utm_from_url'
  | 'rm_object_props'
  | 'transform_event_custom_props'
  | 'transform_user_custom_props';

export const EXTERNAL_FUNCTIONS: readonly ExternalFunction[] = [
  {
    name: 'combine_json_list',
    arguments: 1,
    maxBatchRows: 20_000,
    maxBatchKb: 600,
    responseBytesPerRow: 24,
    responseBytesPerByte: 9,
  },
  {
    name: 'convert_json_list',
    arguments: 1,
    maxBatchRows: 20_000,
    maxBatchKb: 600,
    responseBytesPerRow: 24,
    responseBytesPerByte: 9,
  },
  {
    // A URL comes back up to four times, in a text within the text once; its 16 names always do.
    name: 'parse_utm_from_url',
    arguments: 3,
    maxBatchRows: 4_000,
    maxBatchKb: 400,
    responseBytesPerRow: 650,
    responseBytesPerByte: 9,
  },
  {
    name: 'rm_object_props',
    arguments: 2,
    maxBatchRows: 20_000,
    maxBatchKb: 600,
    responseBytesPerRow: 24,
    responseBytesPerByte: 9,
  },
  {
    // {"value":1e308,"type":"number"} is an integer of 309 digits.
    name: 'transform_event_custom_props',
    arguments: 1,
    maxBatchRows: 20_000,
    maxBatchKb: 550,
    responseBytesPerRow: 24,
    responseBytesPerByte: 9.5,
  },
  {
    // A member that is 1 becomes {"value": 1, "set_time_msec": null}.
    name: 'transform_user_custom_props',
    arguments: 1,
    maxBatchRows: 20_000,
    maxBatchKb: 512,
    responseBytesPerRow: 24,
    responseBytesPerByte: 10.5,
  },
];

export function functionOf(name: FunctionName): ExternalFunction {
  return EXTERNAL_FUNCTIONS.find((one) => one.name === name)!;
}
