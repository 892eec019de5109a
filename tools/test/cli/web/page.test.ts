// The page as a document: what it may load, and what a file of it holds.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AslGraph } from '../../../../lambdas/shared/diagram/definition';
import { pageStyle } from '../../../cli/web/assets';
import { machineSvg } from '../../../cli/web/drawing';
import { pageOf } from '../../../cli/web/page';
import type { Update } from '../../../cli/web/snapshot';
import { ARN, DEFINITION } from './records';
import { scene } from './scene';

const definition = DEFINITION as unknown as AslGraph;
const policyIn = (html: string) =>
  /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];

it('keeps its policy within itself where nobody serves it, and then asks nobody', () => {
  const { html, policy } = pageOf({ machine: 'm', definition, data: {} as Update });
  expect(policyIn(html)).toBe(policy);
  expect(policy).not.toContain('connect-src');
  expect(policyIn(pageOf({ machine: 'm', definition }).html)).toBeUndefined();
});

it('ends no element by a text that is shown', () => {
  const evil = '</script><img src=x onerror=alert(1)>';
  const data = { failures: [{ message: evil }] } as unknown as Update;
  const { html } = pageOf({ machine: evil, definition, data });
  expect(html).not.toContain('<img');
  expect(html.match(/<\/script>/g)).toHaveLength(2);
  const given = /id="given">(.*)<\/script>/.exec(html)![1]!;
  expect(JSON.parse(given).data).toEqual(data);
});

it('draws every state, with a place for its sign and its times', () => {
  const svg = machineSvg(definition);
  const names = [...svg.matchAll(/data-state="([^"]+)"/g)].map(([, name]) => name);
  expect(names).toHaveLength(8);
  expect(names).toContain('Run event batches');
  expect(svg.match(/class="badge"/g)).toHaveLength(8);
  expect(svg.match(/class="times"/g)).toHaveLength(8);
  expect(svg).not.toContain('<style');
});

it('is there with its table when a machine has a state that cannot be drawn', () => {
  const odd = { StartAt: 'Both', States: { Both: { Type: 'Parallel', End: true } } } as AslGraph;
  expect(pageOf({ machine: 'm', definition: odd }).html).toContain('The machine cannot be drawn');
});

it('has colours for those who read dark, and moves nothing for those who do not want it', () => {
  const style = pageStyle();
  expect(style).toContain('prefers-color-scheme: dark');
  expect(
    style.replace(/@media \(prefers-reduced-motion: no-preference\) \{[\s\S]*\n\}/, ''),
  ).not.toMatch(/animation|transition/);
});

describe('runbooks report --html', () => {
  it('writes the page with everything that watch shows, and without the token of a gate', async () => {
    const run = await scene('gate');
    const folder = await mkdtemp(join(tmpdir(), 'page-'));
    const file = join(folder, 'run.html');
    try {
      const { code, out } = await run.aws.runbooks('report', ARN, '--html', file);
      expect({ code, out }).toEqual({ code: 0, out: `Wrote ${file}\n` });
      const html = readFileSync(file, 'utf8');
      const { data } = JSON.parse(/id="given">(.*)<\/script>/.exec(html)![1]!);
      const watched = JSON.parse((await run.aws.runbooks('watch', ARN, '--once', '--json')).out);
      const { failures: _, seconds: __, ...sight } = watched;
      expect(data.sight).toMatchObject({ ...sight, steps: [{ rows: 201, doneBatches: 2 }] });
      expect(html).not.toContain('SECRET-TOKEN');
    } finally {
      await rm(folder, { recursive: true });
      await run.stop();
    }
  });

  it('refuses what contradicts it', async () => {
    const run = await scene('gate');
    try {
      const { code, err } = await run.aws.runbooks('report', ARN, '--html', 'x', '--out', 'y');
      expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining('leave --format') });
      const web = await run.aws.runbooks('watch', ARN, '--web', '--once');
      expect({ ...web }).toMatchObject({ code: 2, err: expect.stringContaining('--once out') });
    } finally {
      await run.stop();
    }
  });
});

describe('runbooks watch --web', () => {
  it('says where the page is, serves it until Ctrl-C, and is gone then', async () => {
    const run = await scene('running');
    try {
      const ended = run.aws.runbooks('watch', ARN, '--web', '--every', '1');
      const said = () => (process.stdout.write as unknown as jest.Mock).mock.calls.join('');
      while (!said().includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 20));
      const url = /open it: (http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/)/.exec(said())![1]!;
      const html = await (await fetch(url)).text();
      expect(html).toContain('data-state="Run event batches"');
      process.emit('SIGINT');
      expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining('goes on') });
      await expect(fetch(url)).rejects.toThrow('fetch failed');
    } finally {
      await run.stop();
    }
  });
});
