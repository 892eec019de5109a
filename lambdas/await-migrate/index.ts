import { dataApiFor, ledgerFromEnv } from '../shared/clients';
import { systemClock } from '../shared/clock';
import { waitingDeps } from '../shared/deps';
import { taskHandler } from '../shared/handler';
import { noteItemFailure } from '../shared/items';
import { ACCESS, openCluster } from '../shared/kubernetes/access';
import { connectMySql } from '../shared/mysql/connect';
import { DeploymentKind } from '../shared/quiesced/deployment';
import { awaitMigrate } from './core';
import type { AwaitMigratePayload } from './payload';

const deployments = new DeploymentKind((ref) => openCluster(ref, ACCESS), systemClock.now);

export const handler = taskHandler(
  (payload: AwaitMigratePayload, invocation) =>
    awaitMigrate(
      payload,
      {
        ...waitingDeps(connectMySql),
        dataApi: dataApiFor,
        deployment: (thing) => deployments.read(thing),
      },
      invocation,
    ),
  (payload, error) => noteItemFailure(ledgerFromEnv(), payload, error, systemClock.now()),
);
