// Models that are built anew in full, one by one: those that no release forces from 2.5 on, and those the
// input names.

import type { Construct } from 'constructs';
import { ForEach } from '../../steps/for-each';
import { heldServices } from './ingestion';
import type { Installation } from './installation';

/** One model after the other, each in a child of its own. */
export const refreshModels = (scope: Construct, installation: Installation): ForEach =>
  new ForEach(scope, 'Models', {
    name: 'models',
    noun: 'model to build anew',
    nouns: 'models to build anew',
    items: '$states.input.found.refresh',
    common:
      "{ 'services': $states.input.found.services, 'initHours': $states.input.input.initHours }",
    tolerance: 'stop',
    body: (child) =>
      installation.command(child, 'Refresh', {
        act: 'Build the model anew',
        step: 'model',
        script: 'dbt',
        inItem: true,
        environment: {
          COMMAND: "{% 'run --full-refresh --select ' & $states.input.value %}",
          SERVICES: heldServices(true),
        },
        hours: '{% $states.input.common.initHours %}',
        question: 'Is the model built anew?',
        done: 'The model is built anew',
      }),
  });
