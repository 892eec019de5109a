// S1 to S5 of the guide: plugin, configuration, images, containers. Nothing in ClickHouse changes here, but
// for a newer server at the end.

import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { HostCommand } from '../../steps/host-command';
import type { Installation, InstallationCommand } from './installation';

/** Where the state data name a version, and how long things may take. */
export interface VersionPlace {
  /** JSONata for the version's facts: `version`, `tutor`, `dbt`, `images`. */
  readonly facts: string;
  /** JSONata for an object with `buildHours` and `initHours`. */
  readonly hours: string;
  /** Whether this stands inside a ForEach step. */
  readonly inItem: boolean;
}

/** A hop of the upgrade, in its child. */
export const IN_HOP: VersionPlace = {
  facts: '$states.input.value',
  hours: '$states.input.common',
  inItem: true,
};

/** From the plugin to running containers of its version. */
export function buildVersion(
  scope: Construct,
  installation: Installation,
  { facts, hours, inItem }: VersionPlace,
): sfn.Chain {
  const command = (id: string, props: InstallationCommand): HostCommand =>
    installation.command(scope, id, { ...props, inItem });
  const IMAGES = `{% $join([${facts}.images], ' ') %}`;
  const chain = command('Install', {
    act: 'Install the plugin',
    step: 'install',
    script: 'install-plugin',
    environment: {
      VERSION: `{% ${facts}.version %}`,
      TUTOR_VERSION: `{% ${facts}.tutor %}`,
      DBT_BRANCH: `{% ${facts}.ownModels ? '' : ${facts}.dbt %}`,
    },
    question: 'Is the plugin installed?',
    done: 'The plugin is installed',
  })
    .next(
      command('SaveConfig', {
        act: 'Save the configuration',
        step: 'save',
        script: 'save-config',
        question: 'Is the configuration saved?',
        done: 'The configuration is saved',
        // Each version renders an environment of its own.
        environment: { VERSION: `{% ${facts}.version %}` },
      }),
    )
    .next(
      command('Build', {
        act: 'Build the images',
        step: 'build',
        script: 'build-images',
        environment: { IMAGES },
        hours: `{% ${hours}.buildHours %}`,
        question: 'Are the images built?',
        done: 'The images are built',
      }),
    );
  const images =
    installation.target.mode === 'k8s'
      ? chain.next(
          command('Push', {
            act: 'Push the images',
            step: 'push',
            script: 'push-images',
            environment: { IMAGES },
            hours: 3,
            question: 'Are the images pushed?',
            done: 'The images are pushed',
          }),
        )
      : chain;
  return images.next(
    command('Recreate', {
      act: 'Recreate the containers',
      step: 'recreate',
      script: 'recreate-containers',
      environment: { VERSION: `{% ${facts}.version %}` },
      hours: 2,
      question: 'Are the containers new?',
      done: 'The containers are new',
    }),
  );
}
