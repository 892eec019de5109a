// An upgrade from 1.3 to 2.4 from its first state to its last, what of it is written down anywhere, and what is
// refused before anything is touched.

import type { Cloud } from '../../rehearsal/cloud';
import {
  aspectsStage,
  called,
  done,
  INPUT,
  PASSWORDS,
  ROOT,
  relations,
  run,
  STACK,
  UPGRADE,
} from './aspects-support';
import { ledgerOf } from './ledger-of';
import { enteredStates } from './support';

const aspects = aspectsStage();
let cloud: Cloud;

/** Everything that leaves the host, or is kept: histories, ledger, notices, logs, reports. */
async function everything(arn: string): Promise<string> {
  const histories = cloud.engine.history(arn, { maxResults: 1000 }).items;
  return JSON.stringify([
    histories,
    await ledgerOf(cloud, STACK),
    cloud.notices,
    cloud.logs,
    cloud.calls,
  ]);
}

it('goes from 1.3 to 2.4, keeps what is raw, removes what is deprecated, and tells nobody a password', async () => {
  cloud = await aspects();
  const asked: string[] = [];
  const { arn, ...end } = await run(cloud, UPGRADE, INPUT, asked);
  expect(end).toEqual(done);
  const [reporting, xapi, sink] = await Promise.all(
    ['reporting', 'xapi', 'event_sink'].map((database) => relations(cloud, database)),
  );
  expect(reporting).toEqual(
    expect.arrayContaining(['dim_most_recent_enrollment', 'fact_video_segments']),
  );
  // Fact 1: the macro would have dropped the first of these, which the LMS writes.
  expect(sink).toEqual(expect.arrayContaining(['course_enrollment', 'course_overviews']));
  for (const gone of ['responses', 'section_page_engagement', 'fact_instance_enrollments']) {
    expect(xapi).not.toContain(gone);
  }
  expect(called(cloud, 'local', 'do', 'dbt')).toBe(0);
  expect(asked.map((text) => /dropped|Drop |Upgrade /.test(text))).toEqual([true, true]);
  const all = await everything(arn);
  expect(PASSWORDS.length).toBeGreaterThan(10);
  expect(PASSWORDS.filter((password) => all.includes(password))).toEqual([]);
});

describe('before anything is touched', () => {
  const refused = async (input: object) => {
    const { arn, status, cause } = await run(cloud, UPGRADE, { ...INPUT, ...input });
    expect(status).toBe('FAILED');
    expect(enteredStates(cloud, arn)).not.toContain('Hold ingestion for the backup');
    return cause;
  };

  it('refuses what does not fit the host, and says so in its first states', async () => {
    cloud = await aspects();
    // A redrive may follow a repair: each of these keeps the host until it is given up.
    expect(await refused({ targetVersion: 'latest' })).toMatch(/not an exact version/);
    expect(await refused({ tutorRoot: '/root' })).toMatch(/type that path/);
    const dry = { dryRun: true };
    expect(await refused({ ...dry, targetVersion: '3.0.0' })).toMatch(/is for Tutor 21 \(Ulmo\)/);
    const straight = { ...dry, targetVersion: '2.5.0', throughHop: false };
    expect(await refused(straight)).toMatch(/does not go to 2\.5\.0 at once/);
    const { status } = await run(cloud, UPGRADE, { ...INPUT, ...dry, targetVersion: '2.5.0' });
    expect(status).toBe('SUCCEEDED');
    expect(called(cloud, 'config', 'save')).toBe(1);
  });

  it('T2 refuses a host on which tutor works in another root', async () => {
    cloud = await aspects({ host: { root: `${ROOT}-other` } });
    expect(await refused({ dryRun: true })).toMatch(/tutor works in|no .*config\.yml/);
  });

  it('refuses too little disk in ClickHouse', async () => {
    cloud = await aspects({ clickhouse: { freeBytes: 1000 } });
    expect(await refused({ dryRun: true })).toMatch(/free/);
  });
});
