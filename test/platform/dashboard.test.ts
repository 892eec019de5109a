// The dashboard is there when it is asked for, has every machine with alarms of its own and every alarm, and nothing
// lies upon something else.

import type { Template } from 'aws-cdk-lib/assertions';
import {
  clickstreamTemplate,
  definitionsOf,
  rdwTemplate,
  studentModuleHistoryTemplate,
} from '../support/definitions';

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

const TEMPLATES = {
  clickstream: clickstreamTemplate({ dashboard: true }),
  rdw: rdwTemplate({ dashboard: true }),
  'student-module-history': studentModuleHistoryTemplate({ dashboard: true }),
};

test('is not made unless it is asked for', () => {
  clickstreamTemplate().resourceCountIs('AWS::CloudWatch::Dashboard', 0);
});

describe.each(Object.entries(TEMPLATES))('the dashboard of %s', (_, template) => {
  const { widgets } = bodyOf(template);

  it('shows every alarm of the stack', () => {
    const [alarms] = widgets.filter(({ type }) => type === 'alarm');
    const there = Object.keys(template.findResources('AWS::CloudWatch::Alarm'));
    expect([...(alarms!.properties.alarms as string[])].sort()).toEqual(there.sort());
  });

  it('has a row for each machine but those that answer, release or watch', () => {
    const links = widgets
      .filter(({ type }) => type === 'text')
      .map(({ properties }) => /\[(.*?)\]/.exec(String(properties.markdown))![1]);
    const working = Object.keys(definitionsOf(template)).filter(
      (name) => !/-(answer|release|quiet-watch|settings)$/.test(name),
    );
    expect(links.sort()).toEqual(working.sort());
  });

  it('shows the errors of every task', () => {
    const errors = widgets.find(({ properties }) => properties.title === 'Errors of tasks')!;
    const functions = Object.keys(template.findResources('AWS::Lambda::Function'));
    const shown = (errors.properties.metrics as string[][]).map(([, , , name]) => name);
    expect(new Set(shown).size).toBeGreaterThan(15);
    expect(functions).toEqual(expect.arrayContaining(shown));
  });

  it('nothing lies upon something else or beyond the edge', () => {
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (_, i) => `${x + (i % width)},${y + Math.floor(i / width)}`,
      ),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...widgets.map(({ x, width }) => x + width))).toBe(24);
  });
});
