// Batches as the migration sends them: most rows plain, some with other scripts, some with escapes.

import type { FunctionName } from '../../../lambdas/clickstream-udf/functions';

type Row = readonly (string | null)[];

const NAMES = ['price', 'currency', 'item_id', 'quantity', 'is_new', 'brand', 'user_level', 'city'];
const WORDS = [
  'amber',
  'quartz',
  'velvet',
  'café',
  '你好',
  'say "hi"',
  'lantern',
  'willow',
  'kelp',
];
const SITES = ['www.google.com', 'www.bing.com', 'facebook.com', 'news.example.org', 't.example'];

/** The same rows each time: figures of two runs can be compared. */
export function batchOf(name: FunctionName, rows: number): Row[] {
  const random = seeded(7);
  const one = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const digits = () => String(Math.floor(random() * 100_000));
  const typed = (): Record<string, string> => {
    const type = one(['string', 'string', 'number', 'number', 'boolean']);
    const texts = { string: one(WORDS), number: `${digits()}.${digits()}`, boolean: 'true' };
    return { type, value: texts[type as keyof typeof texts] };
  };
  const members = (make: () => unknown) =>
    Object.fromEntries(NAMES.slice(0, 3 + Math.floor(random() * 5)).map((key) => [key, make()]));
  const rowOf: Record<FunctionName, () => Row> = {
    combine_json_list: () => [
      JSON.stringify(Object.entries(members(typed)).map(([key, member]) => ({ [key]: member }))),
    ],
    convert_json_list: () => [JSON.stringify(members(typed))],
    rm_object_props: () => [JSON.stringify(members(typed)), 'brand,currency,price,quantity'],
    transform_event_custom_props: () => [JSON.stringify(members(typed))],
    transform_user_custom_props: () => [
      JSON.stringify(members(() => ({ ...typed(), set_time_msec: 1_708_282_081_550 }))),
    ],
    parse_utm_from_url: () => {
      const campaign = one([
        '',
        'utm_source=news&utm_medium=email&utm_campaign=spring&',
        'gclid=Cj0&',
      ]);
      const referrer = one([null, `https://${one(SITES)}/search?q=${one(WORDS)}`]);
      const page = `https://shop.example.com/${one(WORDS)}/${digits()}?${campaign}lang=en&page=${digits()}`;
      return [page, referrer, one([referrer, null])];
    },
  };
  return Array.from({ length: rows }, rowOf[name]);
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
