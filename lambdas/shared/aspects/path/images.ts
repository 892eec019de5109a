// Images that a hop builds. One that is not built runs the code of the release before it.

import type { AspectsTarget } from '../../inputs/target';
import type { Release } from '../versions';

/** What decides about images, beside the releases. */
export interface ImageFacts {
  /** `ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS`: the front ends have code of the plugin then. */
  readonly inContextMetrics: boolean;
  /** How Tutor runs the platform: `tutor dev` runs an image of its own. @default - not dev */
  readonly mode?: AspectsTarget['mode'];
}

/** Names for `tutor images build`, in the order in which they are built. */
export function imagesOf(
  from: Release | undefined,
  to: Release,
  { inContextMetrics, mode }: ImageFacts,
): readonly string[] {
  // A pin that was not read may have changed: openedx is built, which costs time and breaks nothing.
  const samePin = from?.platformPlugin != null && from.platformPlugin === to.platformPlugin;
  return [
    ...(samePin ? [] : [mode === 'dev' ? 'openedx-dev' : 'openedx']),
    'aspects',
    'aspects-superset',
    ...(inContextMetrics ? ['mfe'] : []),
  ];
}
