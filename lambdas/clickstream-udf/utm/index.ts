// parse_utm_from_url: one JSON object with 16 members, in the order of their names.

import { functionOf } from '../functions';
import { answerText, fitsColumn, type Quote, quoteAscii, writeObject } from '../json/write';
import { rowBytes } from '../response-size';
import { type Attribution, attributionOf } from './attribution';

const { responseBytesPerRow, responseBytesPerByte } = functionOf('parse_utm_from_url');

/**
 * NULL, too, where a row would take more of the response than its share: a click id of thousands of
 * quotes, backslashes or control characters grows up to 40 times. Anyone who can send an event could
 * otherwise fill a batch with such URLs, have it refused, and with it the migration.
 */
export function parseUtmFromUrl(
  url: string | null,
  referrer: string | null,
  latestReferrer: string | null,
): string | null {
  const found = attributionOf(url, referrer, latestReferrer);
  return answerText(
    (quote) => writeAttribution(found, quote),
    quoteAscii,
    (text) =>
      fitsColumn(text) &&
      // Without a backslash nothing was escaped: three copies and the names of parameters never exceed it.
      (!text.includes('\\') || rowBytes(text) <= shareOf(url, referrer, latestReferrer)),
  );
}

function writeAttribution(found: Attribution, quote: Quote): string {
  const { page, clickId } = found;
  const text = (value: string | null) => (value === null ? 'null' : quote(value));
  // A text that holds JSON of its own.
  const clid = clickId && `{"type": ${quote(clickId.type)}, "id": ${text(clickId.id)}}`;
  const members = [
    `"channel_group": ${text(found.channel)}`,
    `"clid_str": ${text(clid)}`,
    `"gclid": ${text(found.gclid)}`,
    `"host": ${text(page.host)}`,
    `"params": ${page.pairs.size === 0 ? 'null' : writeObject(page.pairs, quote, text)}`,
    `"path": ${text(page.path || null)}`,
    `"protocol": ${text(page.protocol)}`,
    `"query": ${text(page.query || null)}`,
    `"source_category": ${text(found.category)}`,
    `"utm_campaign": ${text(found.campaign)}`,
    `"utm_content": ${text(found.content)}`,
    `"utm_id": ${text(found.id)}`,
    `"utm_medium": ${text(found.medium)}`,
    `"utm_source": ${text(found.source)}`,
    `"utm_source_platform": ${text(found.sourcePlatform)}`,
    `"utm_term": ${text(found.term)}`,
  ];
  return `{${members.join(', ')}}`;
}

function shareOf(...texts: readonly (string | null)[]): number {
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text ?? ''), 0);
  return responseBytesPerRow + responseBytesPerByte * bytes;
}
