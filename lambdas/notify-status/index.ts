import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { eventHandler } from '../shared/event-handler';
import { publishFromEnv } from '../shared/notices';
import { reportUri, storeFromEnv } from '../shared/report/store';
import { notifyStatus } from './core';

export const handler = eventHandler((event) =>
  notifyStatus(event, {
    ledger: ledgerFromEnv(),
    sfn: sfnClient(),
    store: storeFromEnv,
    publish: publishFromEnv,
    clock: systemClock,
    reportUri,
  }),
);
