// Which function answers a row. A row is never an error: what the original refused is NULL.

import { combineJsonList } from './combine-json-list';
import { convertJsonList } from './convert-json-list';
import { EXTERNAL_FUNCTIONS, type ExternalFunction, type FunctionName } from './functions';
import { rmObjectProps } from './rm-object-props';
import { transformEventCustomProps, transformUserCustomProps } from './transform-props';
import { parseUtmFromUrl } from './utm';

export type Argument = string | null;
export type RowFunction = (row: readonly Argument[]) => string | null;

const ROW_FUNCTIONS: Readonly<Record<FunctionName, RowFunction>> = {
  combine_json_list: ([list]) => combineJsonList(list!),
  convert_json_list: ([members]) => convertJsonList(members!),
  parse_utm_from_url: ([url, referrer, latest]) => parseUtmFromUrl(url!, referrer!, latest!),
  rm_object_props: ([object, names]) => rmObjectProps(object!, names!),
  transform_event_custom_props: ([props]) => transformEventCustomProps(props!),
  transform_user_custom_props: ([props]) => transformUserCustomProps(props!),
};

/** The function Redshift names: its schema, quotes and capitals do not matter. */
export function functionNamed(external: string): ExternalFunction | undefined {
  const name = external
    .slice(external.lastIndexOf('.') + 1)
    .replaceAll('"', '')
    .trim();
  return EXTERNAL_FUNCTIONS.find((one) => one.name === name.toLowerCase());
}

export function answerRow(name: FunctionName, row: readonly Argument[]): string | null {
  try {
    return ROW_FUNCTIONS[name](row);
  } catch {
    // Mostly text that is not JSON. Whatever else: one row must not stop the statement of all.
    return null;
  }
}
