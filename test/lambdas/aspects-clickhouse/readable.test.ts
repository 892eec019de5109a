// A dictionary that loads anew answers meanwhile with what it had; one that has failed does not. The engine cannot be
// stopped in between: the server is a fake that answers files by name.

import { readable } from '../../../lambdas/verify-aspects/readable';

const DATABASES = { xapi: 'xapi', eventSink: 'event_sink', reporting: 'reporting', openedx: 'o' };
const MODEL = { database: 'event_sink', name: 'dim_course_names' };
const of = (status: string) =>
  readable({
    server: {
      ref: { databases: DATABASES },
      rows: async () => [],
      row: async () => ({ status, problem: 'no route' }),
    },
    catalogue: new Map([
      ['event_sink.dim_course_names', { ...MODEL, engine: 'Dictionary', definition: '' }],
    ]),
    installed: { models: [{ ...MODEL, id: 'm', materialized: 'dictionary' }] },
  } as never);

it.each(['LOADED', 'LOADED_AND_RELOADING'])(
  'a dictionary that is %s can be read',
  async (status) => {
    expect(await of(status)).toEqual([]);
  },
);

it.each(['FAILED', 'FAILED_AND_RELOADING', 'NOT_LOADED', 'LOADING'])(
  'a dictionary that is %s cannot',
  async (status) => {
    expect(await of(status)).toEqual([
      `event_sink.dim_course_names cannot be read: it is ${status}: no route`,
    ]);
  },
);
