// Text as Python 2.7's int() and float() read it: blanks around, a sign, leading zeros, and the
// decimal digits of every script Unicode 5.2 knew. Nothing is computed: the digits are kept.
// https://docs.python.org/2.7/library/functions.html#int

import pythonText from './data/python-text.json';
import { isFiniteText, NumberText } from './json/model';

const USUAL = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?$/;
const INTEGER = /^([-+]?) *([0-9]+)$/;
const DECIMAL = /^([-+]?)(?:([0-9]+)(\.[0-9]*)?|(\.[0-9]+))([eE][-+]?[0-9]+)?$/;
const LEADING_ZEROS = /^0+(?=[0-9])/;
const NOT_FINITE = /^[-+]?(?:nan|inf(?:inity)?)$/i;

const DIGITS = new Map<string, string>();
for (const zero of pythonText.zeros) {
  const first = Number.parseInt(zero, 16);
  for (let digit = 0; digit < 10; digit++) {
    DIGITS.set(String.fromCodePoint(first + digit), String(digit));
  }
}
for (const [code, digit] of Object.entries(pythonText.digitsOutsideTens)) {
  DIGITS.set(String.fromCodePoint(Number.parseInt(code, 16)), String(digit));
}
for (const blank of pythonText.blanks) {
  DIGITS.set(String.fromCharCode(Number.parseInt(blank, 16)), ' ');
}

/** The number a text stands for; NaN and infinities as such; undefined when it is no number. */
export function numberOf(text: string): NumberText | undefined {
  if (USUAL.test(text) && text.length <= 300) return new NumberText(text);
  const ascii = withoutBlanks(
    Array.from(text, (character) => DIGITS.get(character) ?? character).join(''),
  );
  const integer = INTEGER.exec(ascii);
  if (integer) return new NumberText(signed(integer[1]!, integer[2]!));
  if (NOT_FINITE.test(ascii)) return new NumberText('NaN');
  const decimal = DECIMAL.exec(ascii);
  if (!decimal) return undefined;
  const [, sign, whole = '0', fraction, only = fraction, exponent = ''] = decimal;
  const digits = only === undefined ? '' : only === '.' ? '.0' : only;
  const exact = signed(sign!, whole) + digits + exponent;
  // Too small for a double is 0.0 as in the original: readers differ about what 1e-400 is.
  if (Number(exact) === 0) return new NumberText('0.0');
  return new NumberText(isFiniteText(exact) ? exact : 'NaN');
}

function signed(sign: string, digits: string): string {
  return (sign === '-' ? '-' : '') + digits.replace(LEADING_ZEROS, '');
}

/** Not trim(), which takes more than Python; not a pattern, which would try each blank of a long run. */
function withoutBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (text[start] === ' ') start++;
  while (end > start && text[end - 1] === ' ') end--;
  return text.slice(start, end);
}

/** A JSON number cut towards zero, as int() does with a float: through a double, as the original. */
export function wholeOf(number: NumberText): NumberText {
  if (/^-?[0-9]+$/.test(number.text)) return number;
  const double = Number(number.text);
  return Number.isFinite(double)
    ? new NumberText(String(BigInt(Math.trunc(double))))
    : new NumberText('NaN');
}
