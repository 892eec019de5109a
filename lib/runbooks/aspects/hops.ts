// The versions on the way, one after the other: each in a child of its own, and none begins after one that failed.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { ForEach } from '../../steps/for-each';
import { buildVersion, IN_HOP } from './build';
import { holdIngestion } from './ingestion';
import { initialiseAndProve } from './initialise';
import type { Installation } from './installation';

const INPUT = '$states.input.input';

/** Takes the installation from one version to the next until the last one is proven in ClickHouse. */
export const throughVersions = (scope: Construct, installation: Installation): ForEach =>
  new ForEach(scope, 'Versions', {
    name: 'versions',
    noun: 'version on the way',
    nouns: 'versions on the way',
    items: '$states.input.found.hops',
    common: `{ 'services': $states.input.found.services, 'buildHours': ${INPUT}.buildHours, 'initHours': ${INPUT}.initHours }`,
    tolerance: 'stop',
    body: (child): sfn.Chain =>
      buildVersion(child, installation, IN_HOP)
        .next(holdIngestion(child, installation, 'Work', true))
        .next(initialiseAndProve(child, installation, IN_HOP)),
  });
