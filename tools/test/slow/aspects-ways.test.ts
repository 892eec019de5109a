// Other ways through the upgrade: two versions one after the other, a run that goes on in a new execution, and a
// platform on Kubernetes.

import type { Cloud } from '../../rehearsal/cloud';
import { aspectsStage, called, done, INPUT, relations, run, UPGRADE } from './aspects-support';
import { enteredStates, runOf } from './support';

let cloud: Cloud;

/** Versions that pip was told to install, in order. */
const installed = (): string[] =>
  cloud.hosts[0]!.sandbox.calls.flatMap(({ program, args }) => {
    const [, version] = /tutor-contrib-aspects==(\S+)/.exec(args.join(' ')) ?? [];
    return program === 'python' && version ? [version] : [];
  });

/** How many of each deployment there are, and what scripts have noted there. */
const replicas = () =>
  Object.entries(cloud.hosts[0]!.sandbox.state.deployments ?? {}).map(([name, one]) => [
    name,
    one.replicas,
    one.annotations ?? {},
  ]);

describe('local', () => {
  const aspects = aspectsStage();
  const far = { ...INPUT, targetVersion: '2.5.0' };

  it('goes from 1.3 by way of 2.4 to 2.5, and reads the tracking logs again', async () => {
    cloud = await aspects();
    const asked: string[] = [];
    const { arn, ...end } = await run(cloud, UPGRADE, { ...far, replayTrackingLogs: true }, asked);
    expect(end).toEqual(done);
    expect(installed()).toEqual(['2.4.0', '2.5.0']);
    expect(asked[0]).toMatch(/by way of 2\.4\.0[\s\S]*2\.4\.0 \(breaking\)[\s\S]*2\.5\.0/);
    expect(called(cloud, 'local', 'do', 'transform-tracking-logs')).toBeGreaterThan(0);
    expect(enteredStates(cloud, arn)).toContain('Read the tracking logs again');
    // Rule T14: the macro of 2.5 would have dropped this view, which two datasets of Superset read.
    const reporting = await relations(cloud, 'reporting');
    expect(reporting).toEqual(
      expect.arrayContaining(['dim_problem_coursewide_avg', 'fact_problem_engagement']),
    );
    expect(await relations(cloud, 'xapi')).not.toContain('responses');
  });

  it('a run that failed on its second version goes on there in a new execution', async () => {
    cloud = await aspects({ faults: [{ on: 'job init aspects', kind: 'killed', nth: 2 }] });
    const first = await run(cloud, UPGRADE, far);
    expect([first.status, installed()]).toEqual(['FAILED', ['2.4.0', '2.5.0']]);
    const { arn, ...end } = await run(cloud, UPGRADE, {
      ...far,
      continueRun: runOf(cloud, first.arn),
    });
    expect(end).toEqual(done);
    expect(installed()).toEqual(['2.4.0', '2.5.0']);
    expect(enteredStates(cloud, arn)).not.toContain('Back up ClickHouse');
    // Twice before, and once because models of the second were missing; then each of them is built.
    expect(called(cloud, 'local', 'do', 'init')).toBe(3);
    expect(called(cloud, 'local', 'do', 'dbt')).toBeGreaterThan(0);
  });
});

describe('on Kubernetes', () => {
  const aspects = aspectsStage('k8s');

  it('pushes what it builds, scales writers to nothing and back, and ends as elsewhere', async () => {
    cloud = await aspects();
    const host = cloud.hosts[0]!;
    await host.tutor('k8s', 'start');
    await host.tutor('local', 'stop');
    const before = replicas();
    const { arn, ...end } = await run(cloud, UPGRADE, INPUT);
    expect(end).toEqual(done);
    expect(enteredStates(cloud, arn)).toContain('Push the images');
    expect(replicas()).toEqual(before);
    // The scenario has started it, and this test has stopped it.
    expect(called(cloud, 'local')).toBe(2);
    expect(await relations(cloud, 'reporting')).toContain('dim_most_recent_enrollment');
  });
});
