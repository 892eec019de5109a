import { runKey } from '../../../lambdas/shared/ledger';
import { ADMIN, CALLER, FunctionsHarness, ROLE, SPECS } from '../../support/fake-functions';
import { startLedger } from '../../support/ledger';

let ledger: Awaited<ReturnType<typeof startLedger>>['ledger'];
let stop: () => Promise<void>;
beforeAll(async () => {
  ({ ledger, stop } = await startLedger());
});
afterAll(() => stop());

const open = () => new FunctionsHarness(ledger).open();
const NAMES = SPECS.map(({ name }) => name);
const all = (language: string) => Object.fromEntries(NAMES.map((name) => [name, language]));

describe('functions that work', () => {
  it('are left alone, whatever they are made of, and no role is asked for', async () => {
    const h = await open();
    h.functions.fill('plpythonu');
    await expect(h.invoke()).resolves.toEqual({ status: 'done', made: 0, left: 6 });
    expect([h.changes, h.roles.calls, h.languages]).toEqual([[], [], all('plpythonu')]);
  });

  it('are all six in the ledger as checks', async () => {
    const h = await open();
    h.functions.fill('plpythonu');
    await h.invoke();
    const checks = await h.items<{ name: string; ok: boolean }>('check#Shop#function-');
    expect(checks.map(({ name, ok }) => [name, ok])).toContainEqual([
      'function combine_json_list (plpythonu, left alone)',
      true,
    ]);
    expect(checks).toHaveLength(6);
  });

  it('trap 39: Lambda UDF throws on one bad URL or null: replaced, because it would stop a chunk', async () => {
    const h = await open();
    h.functions.fill('plpythonu');
    h.roles.roles = [...h.roles.roles, ROLE];
    h.functions.catalog.set('parse_utm_from_url', {
      language: 'exfunc',
      owner: CALLER,
      answers: 'fragile',
    });
    await expect(h.invoke()).resolves.toMatchObject({ made: 1, left: 5 });
    expect(h.changes).toEqual([
      'drop parse_utm_from_url',
      'create parse_utm_from_url',
      'grant parse_utm_from_url',
    ]);
  });

  it('trap 39: left alone when they are in Python: what they do with broken values is known', async () => {
    const h = await open();
    h.functions.fill('plpythonu', 'fragile');
    await expect(h.invoke()).resolves.toMatchObject({ made: 0, left: 6 });
  });

  it('need not be looked at twice in one failure: a statement that fails once and then works is fine', async () => {
    const h = await open();
    h.functions.fill('plpythonu');
    let failures = 0;
    const run = h.functions.run;
    Object.assign(h.functions, {
      run: (sql: string) => {
        const first = sql.includes('probe-combine') && failures++ === 0;
        return first ? { ends: 'FAILED', error: 'a passing fault' } : run(sql);
      },
    });
    await expect(h.invoke()).resolves.toMatchObject({ made: 0, left: 6 });
  });
});

describe('functions that do not work', () => {
  it('are made when they are missing, by whom may make them, for whom calls them', async () => {
    const h = await open();
    await expect(h.invoke()).resolves.toEqual({ status: 'done', made: 6, left: 0 });
    expect(h.languages).toEqual(all('exfunc'));
    expect(h.functions.grants).toEqual(NAMES.map((name) => `${name} to ${CALLER}`));
    const created = h.warehouse.statements.find(({ sql }) => sql.includes('create external'))!.sql;
    expect(created.replace(/^.*\n/, '')).toBe(
      'create external function "shop"."combine_json_list"(varchar(65535))\nreturns varchar(65535)\nstable\n' +
        `lambda 'answers'\niam_role '${ROLE}'\nretry_timeout 300000\nmax_batch_rows ${SPECS[0]!.maxBatchRows}\n` +
        `max_batch_size ${SPECS[0]!.maxBatchKb} kb`,
    );
  });

  it('trap 15: looking only for the five migration UDFs: made when only convert_json_list is missing, which the migration itself does not call', async () => {
    const h = await open();
    h.functions.fill('plpythonu').catalog.delete('convert_json_list');
    await expect(h.invoke()).resolves.toMatchObject({ made: 1, left: 5 });
    expect(h.changes).toEqual(['create convert_json_list', 'grant convert_json_list']);
  });

  it('are replaced when they are refused or wrong, and no other is', async () => {
    const h = await open();
    h.functions.fill('plpythonu');
    const python = { language: 'plpythonu', owner: CALLER };
    h.functions.catalog.set('rm_object_props', { ...python, answers: 'refused' });
    h.functions.catalog.set('combine_json_list', { ...python, answers: 'wrong' });
    await h.invoke();
    expect(h.languages).toEqual({
      ...all('plpythonu'),
      rm_object_props: 'exfunc',
      combine_json_list: 'exfunc',
    });
  });

  it('are kept under another name, with their source in the ledger, and the report says how to go back', async () => {
    const h = await open();
    h.functions.fill('plpythonu', 'refused');
    await h.invoke();
    const kept = [...h.functions.catalog].filter(([name]) => name.includes('_before_'));
    expect(kept.map(([, { language }]) => language)).toEqual(Array(6).fill('plpythonu'));
    const [item] = await h.items<{ source: string }>('function-kept#Shop#combine');
    expect(item).toMatchObject({ source: 'import json', language: 'plpythonu', owner: CALLER });
    const notes = await h.items<{ text: string }>('note#Shop#function-');
    expect(notes[0]!.text).toMatch(/drop the external function, then alter function shop\.combine/);
  });

  it('are not granted to the user who made them', async () => {
    const h = await open();
    h.functions.privileges = ['CREATE EXTERNAL FUNCTION'];
    const same = { workgroup: 'w', database: 'd', roleArn: 'data-api' };
    await expect(h.invoke({ definer: same })).resolves.toMatchObject({ made: 6 });
    expect(h.functions.grants).toEqual([]);
  });
});

describe('a function that cannot be replaced', () => {
  it.each([
    ['fails', 'refused' as const, /is refused: .*exfunc is refused/],
    ['answers wrongly', 'wrong' as const, /is wrong: a case: expected .*12345678901234567890/],
    ['fails on NULL', 'fragile' as const, /is refused/],
  ])(
    'gets its name back when the external one %s, and a redrive tries again',
    async (_, bad, why) => {
      const h = await open();
      h.functions.fill('plpythonu');
      h.functions.catalog.set('rm_object_props', {
        language: 'plpythonu',
        owner: CALLER,
        answers: 'wrong',
      });
      h.functions.externalAnswers = bad;
      const error = await h.invoke().catch((one: Error) => one);
      expect(error).toMatchObject({
        name: 'ExternalFunctionError',
        message: expect.stringMatching(why),
      });
      expect(h.languages).toEqual(all('plpythonu'));
      h.functions.externalAnswers = 'right';
      h.redriveCount = 1;
      await expect(h.invoke()).resolves.toMatchObject({ made: 1 });
      expect(h.languages.rm_object_props).toBe('exfunc');
    },
  );

  it('leaves nothing behind when there was none before', async () => {
    const h = await open();
    h.functions.externalAnswers = 'refused';
    await expect(h.invoke()).rejects.toThrow(/There was no other function before/);
    expect(h.functions.catalog.size).toBe(0);
  });
});

describe('rights are asked for before anything is touched', () => {
  it('names every one that is missing, each with what repairs it', async () => {
    const h = await open();
    h.functions.fill('plpythonu', 'refused', 'someone');
    Object.assign(h.functions, { superuser: false, mayCreate: 'no' });
    await expect(h.invoke()).rejects.toMatchObject({
      name: 'PreflightError',
      findings: [
        expect.stringMatching(/IAMR:admin may not create external functions: as superuser grant/),
        expect.stringMatching(/grant create on schema "shop" to "IAMR:admin"/),
        expect.stringMatching(/may not replace combine_json_list of someone/),
      ],
    });
    expect([h.changes, h.roles.calls]).toEqual([[], []]);
  });

  it('is content with the privilege where the user is no superuser', async () => {
    const h = await open();
    Object.assign(h.functions, { superuser: false, privileges: ['CREATE EXTERNAL FUNCTION'] });
    await expect(h.invoke()).resolves.toMatchObject({ made: 6 });
    expect(h.functions.catalog.get('rm_object_props')!.owner).toBe(ADMIN);
  });

  it('refuses a Lambda function in another region than the warehouse, which finds it by its name', async () => {
    const h = await open();
    const warehouse = { workgroup: 'w', database: 'd', region: 'eu-west-1' };
    await expect(h.invoke({ warehouse })).rejects.toThrow(/deploy this stack in eu-west-1/);
    expect([h.changes, h.roles.calls]).toEqual([[], []]);
  });
});

describe('asked again', () => {
  it('changes nothing when all is done', async () => {
    const h = await open();
    await h.invoke();
    const before = h.changes.length;
    await expect(h.invoke()).resolves.toEqual({ status: 'done', made: 0, left: 6 });
    expect(h.changes).toHaveLength(before);
  });

  it('touches nothing when the execution was stopped', async () => {
    const h = await open();
    h.executionStatus = 'ABORTED';
    await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
    expect([h.changes, h.roles.written]).toEqual([[], []]);
  });

  it('two at once make each function once and lose none', async () => {
    const h = await open();
    h.functions.fill('plpythonu', 'refused');
    await Promise.all([h.invoke(), h.invoke()].map((one) => one.catch(() => undefined)));
    await h.invoke();
    expect(h.languages).toEqual(all('exfunc'));
    const kept = [...h.functions.catalog.keys()].filter((name) => name.includes('_before_'));
    expect(kept).toHaveLength(6);
  });

  it('leaves when another invocation has taken its token', async () => {
    const h = await open();
    h.roles.before = () => {
      h.roles.before = () => undefined;
      void ledger.put(runKey(h.runId, 'worker#functions#Shop'), { generation: 99, worker: 'x' });
    };
    await expect(h.invoke()).resolves.toMatchObject({ status: 'running' });
    expect(h.changes).toEqual([]);
  });

  it('waits for a statement whose worker died, by its token, before it looks', async () => {
    const h = await open();
    h.functions.fill('plpythonu', 'refused');
    const taken: unknown[] = [];
    const adopted: unknown[] = [];
    h.warehouse.before = (call, { Sql, ClientToken }) => {
      const sql = call === 'ExecuteStatement' ? String(Sql) : '';
      // The service has it in its queue, and the worker dies before it hears of that.
      if (sql.includes('set-aside') && taken.push(ClientToken) === 1) throw new Error('death');
      adopted.push(ClientToken);
      const makes = sql.includes('create external function "shop"."combine_json_list"');
      expect([makes, adopted.includes(taken[0])]).not.toEqual([true, false]);
    };
    await expect(h.invoke()).rejects.toThrow('death');
    await expect(h.invoke()).resolves.toMatchObject({ status: 'done' });
    expect(h.languages).toEqual(all('exfunc'));
  });

  it('is content when somebody else has made the same function a moment before', async () => {
    const h = await open();
    h.warehouse.before = (call, { Sql }) => {
      if (call !== 'ExecuteStatement' || !String(Sql).includes('create external')) return;
      h.warehouse.before = () => undefined;
      const made = { language: 'exfunc', owner: ADMIN, answers: 'right' } as const;
      h.functions.catalog.set('combine_json_list', made);
    };
    await expect(h.invoke()).resolves.toMatchObject({ made: 6 });
  });

  it('asks a person when nothing tells whether an old statement still runs', async () => {
    const h = await open();
    const key = runKey(h.runId, 'function-act#Shop#combine_json_list');
    const template = { sql: { file: 'clickstream/drop-function-1' } };
    await ledger.put(key, { number: 1, template, intentAt: h.clock.now() });
    h.clock.pass(8 * 3_600_000);
    h.warehouse.mayList = false;
    await expect(h.invoke()).rejects.toMatchObject({ name: 'UndecidedStatementError' });
    h.clock.pass(17 * 3_600_000);
    await expect(h.invoke()).resolves.toMatchObject({ made: 6 });
  });
});
