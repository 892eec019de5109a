// S1 to S5 of the guide: plugin, configuration, images, containers. Nothing in ClickHouse changes here, but
// for a newer server at the end.

import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import { holdIngestion } from './ingestion';
import type { Installation } from './installation';

const HOP = '$states.input.value';

/** States of a child for one hop, up to running containers of the new version. */
export function buildVersion(scope: Construct, installation: Installation): sfn.Chain {
  const install = installation.command(scope, 'Install', {
    act: 'Install the plugin',
    step: 'install',
    script: 'install-plugin',
    inItem: true,
    environment: {
      VERSION: `{% ${HOP}.version %}`,
      TUTOR_VERSION: `{% ${HOP}.tutor %}`,
      MFE_MAJOR: `{% ${HOP}.mfe %}`,
      DBT_VERSION: `{% ${HOP}.dbt %}`,
    },
    comment:
      'Installs exactly this version beside the Tutor that is there, and sees that pip moved nothing else. ' +
      'On redrive: looks, and installs again what is not there',
  });
  const save = installation.command(scope, 'SaveConfig', {
    act: 'Save the configuration',
    step: 'save',
    script: 'save-config',
    inItem: true,
    environment: { VERSION: `{% ${HOP}.version %}` },
    comment:
      'Removes the old Superset assets below the project and renders its environment anew; no password may change. ' +
      'On redrive: does so again',
  });
  const build = installation.command(scope, 'Build', {
    act: 'Build the images',
    step: 'build',
    script: 'build-images',
    inItem: true,
    environment: { IMAGES: `{% $join([${HOP}.images], ' ') %}`, VERSION: `{% ${HOP}.version %}` },
    hours: '{% $states.input.common.buildHours %}',
    comment:
      'Builds every image of the version without a cache, which takes hours, and sees that each is newer than the build. ' +
      'On redrive: follows a build that still runs, otherwise begins anew',
  });
  const recreate = installation.command(scope, 'Recreate', {
    act: 'Recreate the containers',
    step: 'recreate',
    script: 'recreate-containers',
    inItem: true,
    environment: { VERSION: `{% ${HOP}.version %}` },
    hours: 2,
    comment:
      'Starts the new images in place of the old containers; a restart would keep the old ones. On redrive: does so again',
  });
  const hold = holdIngestion(scope, installation, 'work', true);
  const images = pushed(scope, installation, install.next(save).next(build));
  return images.next(recreate).next(hold);
}

/** A cluster of Kubernetes takes images from its registry only. */
function pushed(scope: Construct, installation: Installation, before: sfn.Chain): sfn.Chain {
  if (installation.target.mode !== 'k8s') return before;
  return before.next(
    installation.command(scope, 'Push', {
      act: 'Push the images',
      step: 'push',
      script: 'push-images',
      inItem: true,
      environment: { IMAGES: `{% $join([${HOP}.images], ' ') %}`, VERSION: `{% ${HOP}.version %}` },
      hours: 3,
      comment: 'Puts the images where the cluster takes them from. On redrive: pushes again',
    }),
  );
}
