import objects from '../../../lambdas/shared/clickstream/data/schema-objects.json';
import { SchemaHarness, upgraded } from '../../support/schema';

const harness = () => new SchemaHarness().open();

describe('verify-schema', () => {
  test('finds an upgraded schema complete and writes a check for each object', async () => {
    const h = await harness();
    const { checked } = await h.verify();
    const checks = await h.items<{ ok: boolean; item: string }>('check#');
    expect(checks).toHaveLength(checked);
    expect(checks.every(({ ok, item }) => ok && item === 'Shop')).toBe(true);
    expect(checked).toBe(7 + 1 + 30 + 2 + 1);
  });

  test('knows the tables by as many columns as the version has', () => {
    const counts = Object.entries(objects.tables).map(([name, columns]) => [name, columns.length]);
    expect(Object.fromEntries(counts)).toEqual({
      event_v2: 104,
      user_v2: 21,
      item_v2: 24,
      session: 18,
      clickstream_event_base_view: 114,
      clickstream_log_v2: 5,
      refresh_mv_sp_status: 5,
    });
    const doubled = Object.values(objects.tables).filter(
      (columns) => new Set(columns).size !== columns.length,
    );
    expect(doubled).toEqual([]);
  });

  test('is content with columns and objects that a later version adds', async () => {
    const h = await harness();
    h.catalog.columns.event_v2!.push('new_in_1_2');
    h.catalog.relations.push('segment_user');
    await expect(h.verify()).resolves.toBeDefined();
  });

  test('names everything that is missing in one error, and looks again on redrive', async () => {
    const h = await harness();
    h.catalog.columns.user_v2 = ['event_timestamp'];
    delete h.catalog.columns.session;
    h.catalog.relations = h.catalog.relations.filter(
      (name) => name !== 'clickstream_event_view_v3',
    );
    h.catalog.procedures = h.catalog.procedures.filter(
      (name) => !['sp_migrate_event_to_v2', 'combine_json_list'].includes(name),
    );
    const error = await h.verify().catch((thrown: Error) => thrown);
    expect(error).toMatchObject({ name: 'SchemaIncompleteError' });
    for (const part of [
      'application Shop: 5 of 41 objects',
      'table user_v2 (expected 21 columns, found 21 columns but user_pseudo_id, ',
      'table session (expected 18 columns, found no such table)',
      'view clickstream_event_view_v3 (expected there, found missing)',
      'procedure sp_migrate_event_to_v2',
      'function combine_json_list',
      'then redrive',
    ]) {
      expect((error as Error).message).toContain(part);
    }
    const bad = (await h.items<{ ok: boolean }>('check#')).filter(({ ok }) => !ok);
    expect(bad).toHaveLength(5);
    h.catalog = upgraded();
    await expect(h.verify()).resolves.toEqual({ checked: 41 });
    expect((await h.items<{ ok: boolean }>('check#')).every(({ ok }) => ok)).toBe(true);
  });

  test('objects of another owner than the caller are no use to it', async () => {
    const h = await harness();
    h.catalog.owner = 'admin';
    await expect(h.verify()).rejects.toThrow(
      'owner of the new objects (expected data-api, found admin)',
    );
  });

  test('a schema without any object is one with all of them missing', async () => {
    const h = await harness();
    h.catalog = { relations: [], procedures: [], columns: {}, owner: 'x' };
    await expect(h.verify()).rejects.toThrow('41 of 41 objects');
  });
});
