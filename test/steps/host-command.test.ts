import { RunbookHost, type RunbookHostProps } from '../../lib/steps/host';
import { HostCommand, type HostCommandProps, HostInspection } from '../../lib/steps/host-command';
import { grantsOf, synthStates, waysOf } from '../support/step-machine';

const PLACE = { instanceId: 'i-0123456789abcdef0', tutorRoot: '/srv/tutor', path: '/srv/venv/bin' };
const FEWEST = {
  act: 'Build the images',
  step: 'build',
  script: 'aspects/build-images',
  inspect: 'aspects/inspect-build-images',
  hours: 4,
};
const synth = (host: RunbookHostProps = PLACE, change: Partial<HostCommandProps> = {}) =>
  synthStates(
    (stack) =>
      new HostCommand(stack, 'Build', { ...FEWEST, host: new RunbookHost(host), ...change }),
    true,
  );
const payload = ({ states }: ReturnType<typeof synth>) =>
  states['Build the images']!.Arguments!.Payload;

describe('HostCommand', () => {
  test('with the fewest props: starts, asks, goes on', () => {
    const one = synth();
    expect(payload(one)).toMatchObject({
      step: 'build',
      script: 'aspects/build-images',
      inspect: 'aspects/inspect-build-images',
      hours: 4,
      environment: {},
      released: false,
      host: {
        ...PLACE,
        region: 'us-east-1',
        user: 'ubuntu',
        stateDirectory: '/var/lib/upgrade-runbooks',
        pluginsRoot: null,
      },
    });
    expect(waysOf(one.states['Build the images: done?']!)).toEqual([
      'Build the images',
      'Build the images: done',
    ]);
    const silent = Object.values(one.states).filter(({ Comment }) => !/On redrive:/.test(Comment));
    expect(silent).toEqual([]);
  });

  test('with all props', () => {
    const one = synth(
      {
        ...PLACE,
        region: 'eu-west-1',
        user: 'openedx',
        stateDirectory: '/srv/state',
        pluginsRoot: '/srv/plugins',
      },
      {
        environment: { IMAGES: "{% $join(['a'], ' ') %}" },
        question: 'Images built?',
        done: 'The images are built',
        released: true,
      },
    );
    expect(payload(one)).toMatchObject({
      environment: { IMAGES: "{% $join(['a'], ' ') %}" },
      released: true,
      host: { region: 'eu-west-1', user: 'openedx', pluginsRoot: '/srv/plugins' },
    });
    expect(waysOf(one.states['Images built?']!)).toEqual([
      'Build the images',
      'The images are built',
    ]);
  });

  test('may run shell scripts on this one instance, and read answers, and nothing else of Systems Manager', () => {
    const { template } = synth({ ...PLACE, region: 'eu-west-1' });
    const [instance, document] = grantsOf(template, 'ssm:SendCommand').RunHostCommand!;
    expect(instance).toMatch(/:ec2:eu-west-1:000000000000:instance\/i-0123456789abcdef0$/);
    expect(document).toMatch(/:ssm:eu-west-1::document\/AWS-RunShellScript$/);
    // The net and a release end what a stopped run left behind.
    expect(Object.keys(grantsOf(template, 'ssm:SendCommand')).sort()).toEqual([
      'ReleaseRun',
      'RunHostCommand',
      'SettleClosedRun',
    ]);
    const calls = JSON.stringify(template.toJSON()).match(/"ssm:[A-Za-z*]+"/g);
    expect(new Set(calls)).toEqual(new Set(['"ssm:SendCommand"', '"ssm:GetCommandInvocation"']));
  });

  test('a hybrid activation is a managed instance', () => {
    const { template } = synth({ ...PLACE, instanceId: 'mi-0123456789abcdef0' });
    expect(grantsOf(template, 'ssm:SendCommand').RunHostCommand![0]).toMatch(
      /:ssm:us-east-1:000000000000:managed-instance\/mi-0123456789abcdef0$/,
    );
  });

  test.each([
    ['tutorRoot', { tutorRoot: 'tutor' }],
    ['path', { path: '/srv/my venv/bin' }],
    ['stateDirectory', { stateDirectory: '/var/lib/$(x)' }],
    ['user', { user: 'Root; rm' }],
  ])('refuses a %s that a shell could misread', (prop, change) => {
    expect(() => synth({ ...PLACE, ...change })).toThrow(new RegExp(`${prop} must be`));
  });

  test('refuses a step that is no name', () => {
    expect(() => synth(PLACE, { step: 'a-b' })).toThrow(/step must be letters only/);
  });
});

test('HostInspection works with no script', () => {
  const one = synthStates(
    (stack) =>
      new HostInspection(stack, 'Look', {
        act: 'Look at the host',
        step: 'host',
        host: new RunbookHost(PLACE),
        inspect: 'aspects/discover',
      }),
    true,
  );
  expect(one.states['Look at the host']!.Arguments!.Payload).toMatchObject({
    script: null,
    inspect: 'aspects/discover',
  });
});
