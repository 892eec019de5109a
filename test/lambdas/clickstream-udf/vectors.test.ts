// The project's own vectors, written from the specification of the original functions and of what is
// answered where they raised. JSON functions are compared as text: blanks, escapes and digits matter.

import { call } from './call';
import combine from './vectors/combine_json_list.json';
import convert from './vectors/convert_json_list.json';
import parse from './vectors/parse_utm_from_url.json';
import remove from './vectors/rm_object_props.json';
import transformEvent from './vectors/transform_event_custom_props.json';
import transformUser from './vectors/transform_user_custom_props.json';

const MEMBERS = [
  'channel_group',
  'clid_str',
  'gclid',
  'host',
  'params',
  'path',
  'protocol',
  'query',
  'source_category',
  'utm_campaign',
  'utm_content',
  'utm_id',
  'utm_medium',
  'utm_source',
  'utm_source_platform',
  'utm_term',
];

describe.each([
  ['combine_json_list', combine],
  ['convert_json_list', convert],
  ['rm_object_props', remove],
  ['transform_event_custom_props', transformEvent],
  ['transform_user_custom_props', transformUser],
] as const)('%s', (name, vectors) => {
  it.each<{ why: string; args: (string | null)[]; out: string | null }>([...vectors])(
    '$why',
    async ({ args, out }) => {
      expect(await call(name, ...args)).toBe(out);
    },
  );
});

describe('parse_utm_from_url', () => {
  it.each<{ why: string; args: (string | null)[]; members: object }>(parse)(
    '$why',
    async ({ args, members }) => {
      const answer = JSON.parse((await call('parse_utm_from_url', ...args))!) as object;
      expect(Object.keys(answer)).toEqual(MEMBERS);
      const given = Object.entries(answer).filter(([, value]) => value !== null);
      expect(given).toEqual(Object.entries(answer).filter(([name]) => name in members));
      expect(Object.fromEntries(given)).toStrictEqual(plain(members));
    },
  );

  /** `__proto__` in a vector is a name like any other. */
  function plain(value: object): object {
    return JSON.parse(JSON.stringify(value)) as object;
  }
});
