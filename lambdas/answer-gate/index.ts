import { ledgerFromEnv, sfnClient } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { taskHandler } from '../shared/handler';
import { answerGate } from './core';
import type { AnswerGatePayload } from './payload';

export const handler = taskHandler((payload: AnswerGatePayload) =>
  answerGate(payload, { ledger: ledgerFromEnv(), sfn: sfnClient(), clock: systemClock }),
);
