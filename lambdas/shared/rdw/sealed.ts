// What of a reading may lie in the ledger. A sum over one row is that row's score, so sums are kept as one
// number that tells two readings apart and shows neither. It is linear: parts of a sealed set add up, and a
// part can be taken off again, as with the facts themselves. Pure.

import { createHash, randomUUID } from 'node:crypto';
import { COUNTS, type Facts, type FactsByYear, MODULUS, unitsOf } from './facts';

/** Of fewer rows a sum, an average or a checksum tells what a student has scored. */
export const FEW = 10;

/** A salt for what one run keeps of one tenant. */
export const newSalt = (): string => randomUUID();

/** Counts as they are, all sums as one number under the salt. Readings sealed with two salts never agree. */
export const sealed = (facts: FactsByYear, salt: string): FactsByYear =>
  Object.fromEntries(Object.entries(facts).map(([year, one]) => [year, sealedYear(one, salt)]));

function sealedYear(facts: Facts, salt: string): Facts {
  const columns = Object.keys(facts) as (keyof Facts)[];
  const seal = columns
    .filter((column) => !COUNTS.includes(column))
    .reduce((sum, column) => sum + factorOf(salt, column) * unitsOf(facts[column]), 0n);
  const counts = COUNTS.filter((column) => facts[column] !== undefined);
  return {
    ...Object.fromEntries(counts.map((column) => [column, facts[column]])),
    seal: String(((seal % MODULUS) + MODULUS) % MODULUS),
  };
}

/** What a column counts in the seal: two sums that change together do not make up for each other. */
const factorOf = (salt: string, column: string): bigint =>
  BigInt(`0x${createHash('sha256').update(`${salt} ${column}`).digest('hex')}`) % MODULUS;

/** A text that stands for another in the ledger. */
export const sealedText = (text: string, salt: string): string =>
  createHash('sha256').update(`${salt} ${text}`).digest('hex').slice(0, 32);
