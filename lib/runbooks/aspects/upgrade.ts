// The machine `aspects-upgrade`, read from top to bottom like the guide.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AspectsTarget, TargetWith } from '../../../lambdas/shared/inputs/target';
import { RunbookMachine } from '../../platform/runbook-machine';
import { checkThenWork } from '../check-then-work';
import { backUp } from './backup';
import { throughVersions } from './hops';
import { resumeIngestion } from './ingestion';
import { Installation } from './installation';
import { discover } from './look';
import { refreshModels } from './models';
import { askNotes } from './notes';
import { reconcile } from './reconcile';
import { removeDeprecated } from './removal';
import { replay, smoke } from './smoke';

/** Adds the machine `<stack>-upgrade`. */
export const addUpgrade = (
  scope: Construct,
  { aspects: target, tracing }: TargetWith<'aspects'>,
): RunbookMachine =>
  new RunbookMachine(scope, 'Upgrade', {
    name: 'upgrade',
    runbook: 'aspects-upgrade',
    comment: 'Upgrades Open edX Aspects on a Tutor host, 1.x to 2.x included',
    schema: 'aspects-upgrade',
    target: inputTarget(target),
    tracing,
    docs: 'docs/runbooks/aspects.md',
    body: (body) => upgrade(body, new Installation(body, target)),
  });

/** What the schemas of the inputs must know of a target. */
export const inputTarget = ({ host }: AspectsTarget) => ({
  instanceId: host.instanceId,
  tutorRoot: host.tutorRoot,
});

const upgrade = (scope: Construct, installation: Installation): sfn.Chain =>
  checkThenWork(scope, {
    check: discover(scope, installation),
    plan: { found: '{% $states.input.found %}' },
    work: askNotes(scope, installation)
      .next(backUp(scope, installation))
      .next(throughVersions(scope, installation))
      .next(refreshModels(scope, installation))
      .next(reconcile(scope, installation))
      .next(resumeIngestion(scope, installation, 'Work'))
      .next(replay(scope, installation))
      .next(removeDeprecated(scope, installation))
      .next(smoke(scope, installation)),
  });
