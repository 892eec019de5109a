// The patience of a watch: keys that expire meanwhile, and a network that is away for a while, are told and outlived.
// A run goes on for days, the keys of its operator do not.

import { expiredText, isExpired, isPassing, sentence } from './trouble';

/** What a watch is made of; separate for its patience. */
export interface Watch<Sight> {
  look(): Promise<Sight>;
  seen(sight: Sight): void;
  closed(sight: Sight): boolean;
  /** Reads keys anew. */
  renew(): void;
  say(text: string): void;
  wait(): Promise<unknown>;
}

/** Looks until it is closed. What keeps it from looking is told once, and when that is over. */
export async function untilClosed<Sight>(watch: Watch<Sight>): Promise<Sight> {
  let seen = false;
  let trouble: string | undefined;
  for (;;) {
    try {
      const sight = await watch.look();
      if (trouble !== undefined) watch.say('  AWS answers again');
      [seen, trouble] = [true, undefined];
      watch.seen(sight);
      if (watch.closed(sight)) return sight;
    } catch (error) {
      const expired = isExpired(error);
      // Keys that were never good are not waited for.
      if (!seen || !(expired || isPassing(error))) throw error;
      const text = expired ? expiredText(error) : `AWS cannot be asked (${sentence(error)})`;
      if (text !== trouble) watch.say(`  ${text}. The run goes on; asking again`);
      trouble = text;
      watch.renew();
    }
    await watch.wait();
  }
}
