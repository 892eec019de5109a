// What Redshift and S3 answer, and what the preflight makes of it; and how large a plan may become.

import {
  clusterRoles,
  firstKeyOf,
  namespaceRoles,
  rolesOf,
} from '../../../lambdas/preflight-backfill/clients';
import { reportingProblems } from '../../../lambdas/preflight-backfill/columns';
import { minutesFor } from '../../../lambdas/preflight-backfill/estimate';
import { asFinding, Findings } from '../../../lambdas/preflight-backfill/findings';
import { NetworkPathError, TryAgainError } from '../../../lambdas/shared/errors';
import { sqlInstant } from '../../../lambdas/shared/rdw/migrate-log';
import { inGroups, reach } from '../../../lambdas/shared/rdw/reach';
import { workOf } from '../../../lambdas/shared/rdw/tenant';

const client = (...answers: (object | Error)[]) => {
  const sent: object[] = [];
  const send = async ({ input }: { input: object }) => {
    sent.push(input);
    const answer = answers.shift()!;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { sent, send } as never as { sent: object[]; send: never };
};
const named = (name: string, more: object = {}) =>
  Object.assign(new Error(name), { name, ...more });
const ROLE = 'arn:aws:iam::000000000000:role/rdw-redshift';

describe('roles of the warehouse', () => {
  it('of a cluster', async () => {
    const redshift = client({
      Clusters: [{ IamRoles: [{ IamRoleArn: ROLE, ApplyStatus: 'in-sync' }] }],
    });
    expect(await clusterRoles(redshift, 'rdw-qa')).toEqual([{ arn: ROLE, status: 'in-sync' }]);
    expect(redshift.sent).toEqual([{ ClusterIdentifier: 'rdw-qa' }]);
  });

  it('of the namespace of a workgroup', async () => {
    const serverless = client(
      { workgroup: { namespaceName: 'space' } },
      { namespace: { iamRoles: [`IamRole(applyStatus=removing, iamRoleArn=${ROLE})`, ROLE] } },
    );
    expect(await namespaceRoles(serverless, 'group')).toEqual([
      { arn: ROLE, status: 'removing' },
      { arn: ROLE, status: 'in-sync' },
    ]);
    expect(serverless.sent).toEqual([{ workgroupName: 'group' }, { namespaceName: 'space' }]);
  });

  it('an answer that does not come is told as the service tells it', async () => {
    const where = { cluster: 'rdw-qa', database: 'opus' };
    for (const name of ['AccessDeniedException', 'ClusterNotFoundFault']) {
      const broken = client(named(name));
      await expect(rolesOf(where, broken, broken)()).rejects.toThrow(name);
    }
  });
});

describe('a bucket', () => {
  const first = (answer: object | Error) =>
    firstKeyOf(client(answer), 'us-east-1')('archive', 'pa/run-1/');

  it('shows the first key below a prefix', async () => {
    expect(await first({ Contents: [{ Key: 'pa/run-1/x' }] })).toBe('pa/run-1/x');
    expect(await first({})).toBeUndefined();
  });

  it.each([
    ['it is not there', named('NoSuchBucket'), /^there is no bucket archive/],
    [
      'another region',
      named('PermanentRedirect', {
        $response: { headers: { 'x-amz-bucket-region': 'eu-west-1' } },
      }),
      /^bucket archive is in eu-west-1, the warehouse in us-east-1/,
    ],
    [
      'a region nobody names',
      named('Unknown', { $metadata: { httpStatusCode: 301 } }),
      /^bucket archive is in another region/,
    ],
    ['no right', named('AccessDenied'), /^AccessDenied$/],
  ])('says what is wrong: %s', async (_, error, message) => {
    const findings = new Findings();
    expect(await asFinding(findings, 'bucket', () => first(error))).toBeUndefined();
    const reported = await first(error).catch((thrown) => thrown);
    expect(reported.message).toMatch(message);
    expect(() => findings.end()).toThrow(/^1 finding\(s\): \(1\) bucket: /);
  });
});

describe('findings', () => {
  it.each([
    ['a fault that passes', new TryAgainError('busy')],
    ['throttling', named('ThrottlingException')],
    ['a bug of ours', new TypeError('no function')],
  ])('are not made of %s', async (_, error) => {
    const findings = new Findings();
    await expect(asFinding(findings, 'x', () => Promise.reject(error))).rejects.toBe(error);
    expect(findings.any).toBe(false);
  });

  it('of two hundred tenants fit into a cause', () => {
    const findings = new Findings();
    for (let i = 0; i < 200; i++) findings.add(`T${i}`, 'x'.repeat(300));
    const told = () => findings.end();
    expect(told).toThrow(/^48 finding\(s\): /);
    expect(told).toThrow(/\(48\) and 153 more; repair these first/);
  });

  it('a service that does not answer is named with what is missing on the way', async () => {
    const never = new Promise<never>(() => {});
    const late = reach('S3', never, 5);
    await expect(late).rejects.toBeInstanceOf(NetworkPathError);
    await expect(late).rejects.toThrow(
      /^S3 does not answer within 0\.005 s from the subnets of vpc .* endpoint for S3/,
    );
    expect(await reach('S3', Promise.resolve(7))).toBe(7);
  });
});

it('a few are worked on at a time, and all of them', async () => {
  let most = 0;
  let now = 0;
  const seen: number[] = [];
  await inGroups([1, 2, 3, 4, 5, 6, 7], 3, async (one) => {
    now += 1;
    most = Math.max(most, now);
    await new Promise(setImmediate);
    seen.push(one);
    now -= 1;
  });
  expect([most, seen]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
});

it('a plan of 200 tenants leaves half of the state data for the rest', () => {
  const tenants = Array.from({ length: 200 }, (_, i) => {
    const id = `TENANT_${i}`;
    const lower = id.toLowerCase();
    const work = workOf(
      {
        id,
        warehouseSchema: `warehouse_${lower}`,
        migrateSchema: `migrate_olap_${lower}`,
        reportingSchema: `reporting_${lower}`,
        bucket: 'rdw-production-archive',
        location: `${lower}/MigrateAdHoc`,
        secretArn: `arn:aws:secretsmanager:us-east-1:000000000000:secret:rdw/warehouse-${lower}-Ab12Cd`,
        altScores: true,
      },
      'run-20260131-0a1b2c3d4e',
      [19, 20, 21, 22, 23, 24],
    );
    return { key: id, value: work };
  });
  expect(Buffer.byteLength(JSON.stringify(tenants))).toBeLessThan(128 * 1024);
});

it('minutes grow with tenants and rows', () => {
  const facts = (n: number) => ({
    tenant: 'CA',
    rows: { 2020: n },
    lastUpdated: null,
    high: null,
    expected: n,
  });
  expect(minutesFor([])).toBe(5);
  expect(minutesFor([facts(0)])).toBe(9);
  expect(minutesFor([facts(0), facts(60_000)])).toBe(14);
});

it.each([
  ['2019-11-01T00:00:00Z', '2019-11-01 00:00:00.000000'],
  ['2019-11-01T06:15Z', '2019-11-01 06:15:00.000000'],
  ['2019-11-01T06:15:07.25Z', '2019-11-01 06:15:07.250000'],
  ['2019-11-01T06:15:07.123456789Z', '2019-11-01 06:15:07.123456'],
])('instant %s is %s in SQL', (instant, text) => {
  expect(sqlInstant(instant)).toBe(text);
});

it('a schema before 2.4 has no alt scores', () => {
  const exam = { relation: 'exam', name: 'id', type: 'bigint' };
  expect(reportingProblems('reporting_pa', [exam])).toEqual([
    'table reporting_pa.exam_alt_score is not there: it came with schema 2.4; upgrade the schema first',
  ]);
});
