// Images that a hop builds. One that is not built runs the code of the release before it.

import type { Release } from '../versions';

/** What decides about images, beside the releases. */
export interface ImageFacts {
  /** `ASPECTS_ENABLE_STUDIO_IN_CONTEXT_METRICS`: the front ends have code of the plugin then. */
  readonly inContextMetrics: boolean;
}

/** Names for `tutor images build`, in the order in which they are built. */
export function imagesOf(
  from: Release | undefined,
  to: Release,
  { inContextMetrics }: ImageFacts,
): readonly string[] {
  // A pin that was not read may have changed: openedx is built, which costs time and breaks nothing.
  const samePin = from?.platformPlugin != null && from.platformPlugin === to.platformPlugin;
  return [
    ...(samePin ? [] : ['openedx']),
    'aspects',
    'aspects-superset',
    ...(inContextMetrics ? ['mfe'] : []),
  ];
}
