// Numbers and times in words. Times are UTC, as in logs and ledger.

const two = (n) => String(n).padStart(2, '0');

/** `2:05`, `1:02:03`, `12 d 4 h` */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  if (h >= 48) return `${Math.floor(h / 24)} d ${h % 24} h`;
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const count = (n) => Math.round(n).toLocaleString('en-US');

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** `2026-01-31 10:00:05` */
export const instant = (iso) => (iso ? iso.slice(0, 19).replace('T', ' ') : '');

/** What a status is called, and the sign that says it without colour. */
export const SIGNS = {
  'not entered': '',
  running: '▶',
  waits: '?',
  succeeded: '✓',
  failed: '✗',
  stopped: '■',
};

/** An execution's status as one of those. */
export function statusOf(sight) {
  if (sight.status === 'RUNNING') return sight.gates.length > 0 ? 'waits' : 'running';
  if (sight.status === 'SUCCEEDED') return 'succeeded';
  return sight.status === 'ABORTED' ? 'stopped' : 'failed';
}
