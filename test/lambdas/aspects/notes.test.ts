import { notesBetween, notesText, RELEASE_NOTES } from '../../../lambdas/shared/aspects/notes';
import { RELEASES } from '../../../lambdas/shared/aspects/versions';

describe('release notes', () => {
  it('are there for every release, in their order', () => {
    expect(RELEASE_NOTES.map(({ version }) => version)).toEqual(
      RELEASES.map(({ version }) => version),
    );
  });

  it('of a path are those of every release on it, not of the last one alone', () => {
    expect(notesBetween('1.3.0', '2.4.0').map(({ version }) => version)).toEqual([
      '2.0.0',
      '2.1.0',
      '2.2.0',
      '2.2.1',
      '2.3.0',
      '2.3.1',
      '2.4.0',
    ]);
  });

  it('say which releases break something', () => {
    expect(notesText('1.3.0', '2.1.0')).toMatch(/^2\.0\.0 \(breaking\): .*\n2\.1\.0: /);
  });

  it('of the longest path fit into a notice', () => {
    expect(Buffer.byteLength(notesText('1.0.0', '3.0.3'))).toBeLessThan(8_000);
  });
});
