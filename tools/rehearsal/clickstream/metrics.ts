// The functions of the metrics recalculation: which applications, views and procedures, and the rows that
// say which days are done.

import { failure, type Ground, type Members } from './ground';

const REPORTS =
  'acquisition_country_new_user acquisition_day_traffic_source_user acquisition_day_user_acquisition engagement_day_event_view engagement_entrance engagement_exit engagement_kpi engagement_page_screen_view_detail engagement_page_screen_view engagement_event_name retention_dau_wau retention_event_overtime retention_user_new_return acquisition_day_user_view_cnt device_crash_rate device_user_device'.split(
    ' ',
  );
const VIEWS =
  'clickstream_acquisition_intra_day_user_mv clickstream_lifecycle_view_v2 clickstream_retention_base_view'.split(
    ' ',
  );
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Parameters DataFreshnessInHour and RefreshReportDays. */
const FRESH_HOURS = 24;
const REPORT_DAYS = 1;

interface Input {
  readonly refreshStartTime?: number | string;
  readonly refreshEndTime?: number | string;
  readonly timezoneWithAppIdList?: readonly { readonly appId: string; readonly timezone: string }[];
  readonly refreshMode?: 'all' | 'no_report' | 'none';
  readonly forceRefresh?: string;
}

/** The functions. */
export const metricsFunctions = (ground: Ground, zones: () => ReadonlyMap<string, string>) => ({
  'metrics-check': async (given: Members) => {
    const { execution, input } = given as { execution: string; input: Input };
    if (ground.running('metrics', execution).length > 0) return { skip: true };
    const all = [...zones()].map(([appId, timezone]) => ({ appId, timezone }));
    const { timezoneWithAppIdList: listed = all, refreshMode = 'all' } = input;
    if (!Array.isArray(listed)) throw failure('SyntaxError', 'Unexpected end of JSON input');
    if (listed.length === 0 || refreshMode === 'none') return { skip: true };
    const apps = [];
    for (const { appId, timezone } of listed) {
      const work = workOf(appId, timezone, input, ground.now);
      const done = input.forceRefresh === 'false' && (await isDone(ground, appId, work.day));
      const some = refreshMode === 'all' && !done;
      apps.push({ ...work, procedures: some ? work.procedures : [] });
    }
    return { skip: false, apps };
  },
  'metrics-child': async ({ app, parent }: Members) => {
    const { appId } = app as { appId: string };
    const name = `${appId}-${String(parent).split(':').at(-1)}`.slice(0, 80);
    const stateMachineArn = ground.machine('metrics-child');
    const input = JSON.stringify(app);
    const { executionArn } = ground.around.engine.start({ stateMachineArn, name, input });
    return { execution: executionArn };
  },
});

function workOf(appId: string, timezone: string, input: Input, now: number) {
  const { refreshStartTime, refreshEndTime, forceRefresh } = input;
  const start = refreshStartTime === undefined ? undefined : Number(refreshStartTime);
  const end = Number(refreshEndTime);
  const hours = start === undefined ? FRESH_HOURS : Math.floor((now - start) / HOUR_MS) + 1;
  const days = start === undefined ? REPORT_DAYS : Math.floor((end - start) / DAY_MS) + 1;
  const day = dayOf(end, timezone);
  const by = forceRefresh === 'false' ? 'WORK_FLOW' : 'MANUALLY';
  const app = `"${appId}"`;
  return {
    appId,
    day,
    views: [
      { sql: `call ${app}.clickstream_event_base_view_sp(null, null, ${hours})` },
      ...VIEWS.map((view) => ({ sql: `refresh materialized view ${app}.${view}` })),
    ],
    procedures: REPORTS.map((name) => ({
      sql: `call ${app}.clickstream_${name}_sp('${day}', '${timezone}', ${days})`,
    })),
    record: `insert into ${app}.refresh_mv_sp_status (refresh_name, refresh_type, refresh_date,
      triggerred_by, log_date) select 'clickstream_device_user_device_sp', 'SP',
      date '${day}' - back, '${by}', getdate() from generate_series(0, ${days - 1}) as back`,
  };
}

/** As the original writes it where the end is missing. */
const dayOf = (end: number, timeZone: string): string =>
  Number.isNaN(end) ? 'Invalid date' : new Intl.DateTimeFormat('en-CA', { timeZone }).format(end);

async function isDone(ground: Ground, app: string, day: string): Promise<boolean> {
  const rows = await ground.ask(
    `select 1 from "${app}".refresh_mv_sp_status
     where refresh_date::text = $1 and triggerred_by = 'WORK_FLOW'`,
    [day],
  );
  return rows.length > 0;
}
