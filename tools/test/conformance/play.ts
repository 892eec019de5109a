// Plays a case and holds what came of it against its expectation.
import type { Case, Line } from './case';
import { compared } from './histories';
import { Stage } from './stage';

function checkHistory(stage: Stage, arn: string, lines: readonly Line[], sideBySide = false): void {
  const { expected, actual } = compared(lines, stage.house.history(arn), sideBySide);
  expect(actual).toEqual(expected);
}

/** Tokens are drawn, so that only their place is known. */
const withoutTokens = (payloads: readonly unknown[]): unknown[] =>
  JSON.parse(JSON.stringify(payloads, (key, value) => (key === 'token' ? '<token>' : value)));

/** Plays a case to its end and checks all that it expects. */
export async function play(played: Case): Promise<void> {
  const stage = new Stage(played);
  const { house } = stage;
  const { expect: wanted } = played;
  try {
    if ('refused' in wanted) {
      const { code, message = [] } = wanted.refused;
      expect(() => stage.start()).toThrow(expect.objectContaining({ code }));
      for (const part of message) expect(() => new Stage(played).start()).toThrow(part);
      return;
    }
    const begun = house.clock.now();
    stage.start();
    for (const action of played.operator ?? [{ untilClosed: true }]) await stage.act(action);
    const { history, sideBySide, invocations = {}, mapRuns = [], ...rest } = wanted;
    const { seconds, events, published, ...look } = rest;
    if (history !== undefined) checkHistory(stage, stage.arn, history, sideBySide);
    stage.check(wanted.mapRuns === undefined ? look : { ...look, mapRuns });
    const { stopDate } = house.engine.describeExecution(stage.arn);
    if (seconds !== undefined) expect((stopDate! - begun) / 1000).toBe(seconds);
    if (events !== undefined) expect(house.engine.eventCount(stage.arn)).toBe(events);
    for (const [name, payloads] of Object.entries(invocations)) {
      expect(withoutTokens(house.calls[name] ?? [])).toEqual(payloads);
    }
    const statuses = house.published.map(({ detail }) => detail.status);
    if (published !== undefined) expect(statuses).toEqual(published);
    for (const [i, { children }] of mapRuns.entries()) checkChildren(stage, i, children);
  } finally {
    house.engine.close();
  }
}

function checkChildren(
  stage: Stage,
  run: number,
  wanted: NonNullable<Extract<Case['expect'], { status: string }>['mapRuns']>[0]['children'],
): void {
  if (wanted === undefined) return;
  const children = stage.children(stage.mapRuns()[run].mapRunArn);
  const found = children.map(({ input, output, ...rest }) => ({
    ...rest,
    input: JSON.parse(input),
    ...(output === undefined ? {} : { output: JSON.parse(output) }),
  }));
  expect(found).toMatchObject(wanted.map(({ history: _, ...fields }) => fields));
  for (const [i, { history }] of wanted.entries()) {
    if (history !== undefined) checkHistory(stage, children[i].executionArn, history);
  }
}
