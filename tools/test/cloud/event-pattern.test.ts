import { checkPattern, matches } from '../../rehearsal/services/event-pattern';

const event = {
  source: 'aws.states',
  detail: {
    status: 'FAILED',
    stateMachineArn: 'arn:aws:states:r:1:stateMachine:a-b',
    count: 5,
    none: null,
  },
  resources: ['x', 'y'],
};

describe('event patterns', () => {
  test.each<[Record<string, unknown>, boolean]>([
    [{ source: ['aws.states'] }, true],
    [{ source: ['aws.s3'] }, false],
    [{ detail: { status: ['FAILED', 'ABORTED'] } }, true],
    [{ detail: { status: ['ABORTED'] } }, false],
    [{ detail: { stateMachineArn: [{ prefix: 'arn:aws:states:r:1:stateMachine:a' }] } }, true],
    [{ detail: { status: [{ 'anything-but': ['SUCCEEDED', 'RUNNING'] }] } }, true],
    [{ detail: { status: [{ 'anything-but': 'FAILED' }] } }, false],
    [{ detail: { error: [{ exists: false }] } }, true],
    [{ detail: { status: [{ exists: false }] } }, false],
    [{ detail: { none: [null] } }, true],
    [{ resources: ['y'] }, true],
    [{ missing: { deep: ['x'] } }, false],
  ])('%j: %s', (pattern, fits) => {
    checkPattern(pattern, 'rule');
    expect(matches(pattern, event)).toBe(fits);
  });

  test('refuse a matcher they do not know', () => {
    expect(() => checkPattern({ detail: { ip: [{ cidr: '10.0.0.0/8' }] } }, 'Rule1')).toThrow(
      'Rule1 detail ip: matcher cidr is not rehearsed',
    );
  });
});
