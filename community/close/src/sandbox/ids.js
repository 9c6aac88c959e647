/**
 * Ids in Close's form: a kind, an underscore, and 43 letters and digits. In order of their numbers, which keeps lists in order
 * of creation.
 */

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
const LENGTH = 43;
const COUNTED = 6;

export function idOf(kind, number) {
  let text = number.toString(36).padStart(COUNTED, '0');
  let seed = number + 1;
  while (text.length < LENGTH) {
    // A Lehmer generator: the rest looks arbitrary and is always the same.
    seed = (seed * 48_271) % 2_147_483_647;
    text += DIGITS[seed % DIGITS.length];
  }
  return `${kind}_${text}`;
}
