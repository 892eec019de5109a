// The dashboard is there when it is asked for, has every machine and every alarm, and nothing lies upon something else.

import type { Template } from 'aws-cdk-lib/assertions';
import { clickstreamTemplate, definitionsOf } from '../support/definitions';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Record<string, unknown>;
}

const bodyOf = (template: Template): { widgets: Widget[] } => {
  const [{ Properties }] = Object.values(template.findResources('AWS::CloudWatch::Dashboard')) as [
    { Properties: { DashboardBody: { 'Fn::Join': [string, (string | object)[]] } } },
  ];
  const parts = Properties.DashboardBody['Fn::Join'][1];
  return JSON.parse(
    parts.map((part) => (typeof part === 'string' ? part : Object.values(part).flat()[0])).join(''),
  );
};

const template = clickstreamTemplate({ dashboard: true });
const { widgets } = bodyOf(template);

test('is not made unless it is asked for', () => {
  clickstreamTemplate().resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

test('shows each machine that has alarms, and all alarms of machines', () => {
  const links = widgets
    .filter(({ type }) => type === 'text')
    .map(({ properties }) => properties.markdown);
  const watched = Object.keys(definitionsOf(template)).filter(
    (name) => !/answer|release|quiet-watch/.test(name),
  );
  expect(links.map((text) => /\[(.*?)\]/.exec(String(text))![1]).sort()).toEqual(watched.sort());
  const [alarms] = widgets.filter(({ type }) => type === 'alarm');
  expect(alarms!.properties.alarms).toHaveLength(3 * watched.length);
});

test('shows the errors of every task', () => {
  const errors = widgets.find(({ properties }) => properties.title === 'Errors of tasks')!;
  const functions = Object.keys(template.findResources('AWS::Lambda::Function'));
  const shown = (errors.properties.metrics as string[][]).map(([, , , name]) => name);
  expect(new Set(shown).size).toBeGreaterThan(20);
  expect(functions).toEqual(expect.arrayContaining(shown));
});

test('nothing lies upon something else or beyond the edge', () => {
  const cells = widgets.flatMap(({ x, y, width, height }) =>
    Array.from(
      { length: width * height },
      (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`,
    ),
  );
  expect(new Set(cells).size).toBe(cells.length);
  expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
});
