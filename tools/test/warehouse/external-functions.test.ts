// Lambda UDFs of the warehouse: statements call functions in batches, as Redshift does.

import { LambdaFunctionError } from '../../rehearsal/types';
import { Harness } from './harness';

const ROLE = 'arn:aws:iam::000000000000:role/for-functions';
type Event = { arguments: (unknown[] | null)[]; num_records: number; external_function: string };

let data: Harness;
let answer: (event: Event) => unknown;
let events: Event[] = [];

const shout = ({ arguments: rows, num_records }: Event) =>
  JSON.stringify({
    success: true,
    num_records,
    results: rows.map((row) => (row?.[0] === null ? null : `${row?.[0]}!`)),
  });

beforeAll(async () => {
  data = await Harness.start({
    scenarioSql: [
      `create role "IAMR:clickstream-redshift-data-api" login;
       create schema shop authorization "IAMR:clickstream-redshift-data-api";
       grant usage on language exfunc to "IAMR:clickstream-redshift-data-api";
       create table shop.words as select i, 'word ' || i as word from generate_series(1, 1000) as i;
       grant select on shop.words to public;`,
    ],
    lambda: async (_lambda, _role, payload) => {
      events.push(structuredClone(payload) as Event);
      return answer(payload as Event);
    },
  });
}, 60_000);

afterAll(() => data.stop());

async function create(name = 'shout', options = 'max_batch_rows 300'): Promise<void> {
  const { Error: error } = await data.run(
    `create external function shop.${name}(varchar(65535)) returns varchar(65535) stable
     lambda 'Shout' iam_role '${ROLE}' retry_timeout 300000 ${options}`,
  );
  expect(error).toBeUndefined();
}

beforeEach(async () => {
  answer = shout;
  events = [];
  await data.run('drop function if exists shop.shout(varchar)');
  await create();
});

it('sends rows in batches of MAX_BATCH_ROWS, in order, each once', async () => {
  const rows = await data.rows('select i, shop.shout(word) from shop.words order by i');
  expect(rows[499]).toEqual([500, 'word 500!']);
  expect(events.map(({ num_records }) => num_records)).toEqual([300, 300, 300, 100]);
  expect(events.flatMap(({ arguments: all }) => all)).toEqual(
    Array.from({ length: 1000 }, (_, i) => [`word ${i + 1}`]),
  );
});

export { LambdaFunctionError };
