// Rules of the account: read, switched off and on through the SDK, due by the virtual clock.

import {
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListRulesCommand,
  PutRuleCommand,
} from '@aws-sdk/client-eventbridge';
import { EventRulesService, type RuleData } from '../../rehearsal/services/event-rules';
import { nextTime } from '../../rehearsal/services/schedule';
import { account, region } from './house';
import { close, START, served } from './served';

afterEach(close);

const MINUTE = 60_000;
const RULES: RuleData[] = [
  { name: 'Pipe-Submit', schedule: 'rate(10 minutes)', description: 'submits jobs' },
  { name: 'Pipe-Sync', schedule: 'cron(0 1 * * ? *)', state: 'DISABLED' },
  { name: 'Pipe-Load', pattern: { source: ['aws.emr-serverless'] } },
  { name: 'Pipe-Far', region: 'eu-west-1', pattern: { source: ['aws.emr-serverless'] } },
];

async function world() {
  const house = await served(
    ({ clock, bus, arn }) => [new EventRulesService(bus, clock, arn('events'))] as const,
  );
  const [rules] = house.stands;
  for (const rule of RULES) rules.put(rule);
  const heard: string[] = [];
  for (const { name } of RULES) {
    house.bus.onRule(name, ({ time }) => heard.push(`${name} ${time}`));
  }
  return { ...house, rules, heard, client: new EventBridgeClient(house.config()) };
}

const happened = (where: string) => ({
  source: 'aws.emr-serverless',
  'detail-type': 'EMR Serverless Job Run State Change',
  account,
  region: where,
  time: 'then',
  resources: [],
  detail: {},
});

describe('a rule', () => {
  it('is described with schedule and state', async () => {
    const { client } = await world();
    await expect(
      client.send(new DescribeRuleCommand({ Name: 'Pipe-Submit' })),
    ).resolves.toMatchObject({
      Name: 'Pipe-Submit',
      Arn: `arn:aws:events:${region}:${account}:rule/Pipe-Submit`,
      State: 'ENABLED',
      ScheduleExpression: 'rate(10 minutes)',
      Description: 'submits jobs',
    });
  });

  it('is due by its schedule, and not while it is disabled', async () => {
    const { client, clock, heard } = await world();
    const Name = 'Pipe-Submit';
    await clock.sleep(21 * MINUTE);
    await client.send(new DisableRuleCommand({ Name }));
    await clock.sleep(20 * MINUTE);
    await expect(client.send(new DescribeRuleCommand({ Name }))).resolves.toMatchObject({
      State: 'DISABLED',
    });
    await client.send(new EnableRuleCommand({ Name }));
    await clock.sleep(10 * MINUTE);
    expect(heard).toEqual([
      `${Name} 2026-01-01T00:10:00.000Z`,
      `${Name} 2026-01-01T00:20:00.000Z`,
      `${Name} 2026-01-01T00:50:00.000Z`,
    ]);
  });

  it('by a pattern hears of what happens in its region', async () => {
    const { bus, heard } = await world();
    bus.publish(happened(region));
    expect(heard).toEqual(['Pipe-Load then']);
  });

  it('that is made anew has its own schedule only', async () => {
    const { rules, clock, heard } = await world();
    rules.put({ name: 'Pipe-Submit', schedule: 'rate(1 hour)' });
    await clock.sleep(61 * MINUTE);
    expect(heard).toEqual(['Pipe-Submit 2026-01-01T01:00:00.000Z']);
  });

  it('is asked for by name, with the right to that rule', async () => {
    const Resource = `arn:aws:events:${region}:${account}:rule/Pipe-Su*`;
    const house = await served(
      ({ clock, bus, arn }) => [new EventRulesService(bus, clock, arn('events'))] as const,
      [{ Effect: 'Allow', Action: 'events:*', Resource }],
    );
    for (const rule of RULES) house.stands[0].put(rule);
    const client = new EventBridgeClient(house.config());
    await client.send(new DisableRuleCommand({ Name: 'Pipe-Submit' }));
    for (const command of [
      new DisableRuleCommand({ Name: 'Pipe-Sync' }),
      new ListRulesCommand({ NamePrefix: 'Pipe-Su' }),
    ]) {
      await expect(client.send(command as never)).rejects.toMatchObject({
        name: 'AccessDeniedException',
      });
    }
  });
});

describe('rules', () => {
  it('are listed by prefix, in pages, those of the region', async () => {
    const { client } = await world();
    const first = await client.send(new ListRulesCommand({ NamePrefix: 'Pipe-', Limit: 2 }));
    const { NextToken } = first;
    const rest = await client.send(
      new ListRulesCommand({ NamePrefix: 'Pipe-', Limit: 2, NextToken }),
    );
    const names = [...first.Rules!, ...rest.Rules!].map(({ Name, State }) => `${Name} ${State}`);
    expect(names).toEqual(['Pipe-Load ENABLED', 'Pipe-Submit ENABLED', 'Pipe-Sync DISABLED']);
    expect(rest.NextToken).toBeUndefined();
  });

  it.each([
    [
      'a rule of another region',
      new DescribeRuleCommand({ Name: 'Pipe-Far' }),
      'ResourceNotFoundException',
    ],
    [
      'another bus',
      new DescribeRuleCommand({ Name: 'a', EventBusName: 'b' }),
      'ValidationException',
    ],
    ['a name that is none', new EnableRuleCommand({ Name: 'a b' }), 'ValidationException'],
    ['a page of none', new ListRulesCommand({ Limit: 0 }), 'ValidationException'],
    ['a token of nobody', new ListRulesCommand({ NextToken: 'x' }), 'ValidationException'],
    ['what is not rehearsed', new PutRuleCommand({ Name: 'a' }), 'UnknownOperationException'],
  ])('refuses %s', async (_, command, name) => {
    const { client } = await world();
    await expect(client.send(command as never)).rejects.toMatchObject({ name });
  });
});

describe('a schedule', () => {
  it.each([
    ['rate(1 minute)', '2026-01-01T00:01:00Z'],
    ['rate(2 days)', '2026-01-03T00:00:00Z'],
    ['cron(0 1 * * ? *)', '2026-01-01T01:00:00Z'],
    ['cron(0 0 * * ? *)', '2026-01-02T00:00:00Z'],
    ['cron(5/20 * * * ? *)', '2026-01-01T00:05:00Z'],
    ['cron(30 6,18 ? * * *)', '2026-01-01T06:30:00Z'],
  ])('%s is next due at %s', (schedule, instant) => {
    expect(new Date(nextTime(schedule, START)).toISOString()).toBe(instant.replace('Z', '.000Z'));
  });

  it.each(['cron(0 1 1 * ? *)', 'rate(0.5 hours)', 'cron(70 1 * * ? *)', 'daily'])(
    'refuses %s',
    (schedule) => {
      expect(() => nextTime(schedule, START)).toThrow(/schedule/);
    },
  );
});
