// The gate behind which nothing of the regular job works any more: people prepare the window before it, and
// the last notice says what they undo.

import type { Construct } from 'constructs';
import { ManualGate } from '../../steps/manual-gate';

const PREPARE = [
  'tell the users',
  'suspend the feeds that send results (imports may return errors)',
  'put the landing page of the reporting site up',
  'silence the monitoring of migrate-olap',
];

const UNDO = [
  'Let the monitoring of migrate-olap alarm again.',
  'Take the landing page down.',
  'Let the feeds send results again.',
  'Tell the users.',
];

const LIST = PREPARE.map((one, i) => `(${i + 1}) ${one}`).join(', ');

/**
 * Asks whether the maintenance window is open.
 *
 * @param work what is done in it, as in `back-filled`
 */
export const askForWindow = (scope: Construct, work: string): ManualGate =>
  new ManualGate(scope, 'Window', {
    gate: 'maintenance-window',
    question:
      `{% 'Maintenance window open? ' & $join([$states.input.input.tenants], ', ') & ' will be ${work}, expected ' & ` +
      `$string($states.input.plan.minutes) & ' minutes; migrate-olap is scaled to 0 meanwhile, for all tenants. ` +
      `Before you approve: ${LIST}. The last notice says what to undo' %}`,
    // Minutes are an estimate, and another one is no other window.
    approve: { tenants: '{% [$states.input.input.tenants] %}', work },
    undo: UNDO,
  });
