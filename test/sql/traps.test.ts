import { sqlText } from '../../lambdas/shared/sql-files';

it('trap 7: calling clickstream_event_base_view(...) from the guide: the name ends in _sp', () => {
  expect(sqlText({ file: 'clickstream/call-refresh-base-view' })).toMatch(
    /call \{\{id:schema\}\}\.clickstream_event_base_view_sp\(:range_start::timestamp, :range_end::timestamp, 1\)/,
  );
});

it('trap 37: counting event_v2 rows against event: ids inside the window are compared', () => {
  const text = sqlText({ file: 'clickstream/check-events' });
  expect(text).toMatch(/v\.event_id = e\.event_id/);
  expect(text).toMatch(/e\.event_timestamp >= .*:days/);
});

it('trap 38: sorting the log by id: nothing decides by the order of ids', () => {
  for (const file of ['clickstream/read-log', 'clickstream/read-log-ends']) {
    expect(sqlText({ file })).not.toMatch(/order by/);
  }
});
