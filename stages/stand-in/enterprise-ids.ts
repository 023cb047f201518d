const ALPHABET = '0123456789ABCDEFGHJKLMNPQRTUWXY';
/** What each character of the alphabet stands for in the check, by character code. */
const VALUES = new Uint8Array(128);
Array.from(ALPHABET).forEach((character, value) => (VALUES[character.charCodeAt(0)] = value));
const ORGANISATION_WEIGHTS = [3, 7, 9, 10, 5, 8, 4, 2];
const SERIALS = 100_000_000;
// Coprime to SERIALS: multiplying by it permutes the eight-digit numbers.
const STRIDE = 61_803_399;

/**
 * Unified social credit code (GB 32100-2015) of the enterprise with this number: `91`, the six-digit place where it
 * is registered, its organisation code (GB 11714-1997) and a check character. Different below 100 million.
 */
export function creditCode(number: number, place: string): string {
  const organisation = String((number * STRIDE) % SERIALS).padStart(8, '0');
  const body = `91${place}${organisation}${organisationCheck(organisation)}`;
  return body + creditCodeCheck(body);
}

/** Check character of an organisation code of eight digits, GB 11714-1997. */
export function organisationCheck(digits: string): string {
  let sum = 0;
  for (let i = 0; i < 8; i++) sum += ORGANISATION_WEIGHTS[i]! * Number(digits[i]);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? 'X' : String(check);
}

/** Check character of the first 17 characters of a credit code, GB 32100-2015: weights are powers of 3 modulo 31. */
export function creditCodeCheck(body: string): string {
  let sum = 0;
  let weight = 1;
  for (let i = 0; i < body.length; i++) {
    sum += weight * VALUES[body.charCodeAt(i)]!;
    weight = (weight * 3) % 31;
  }
  return ALPHABET[(31 - (sum % 31)) % 31]!;
}
