const SIMPLE = /^[1-9]\d{0,2}(?:[mkMGT]|[KMGT]i)?$/;
const QUANTITY = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eE])([+-]?\d+)|([KMGTPE]i)|([numkMGTPE]))?$/;

const binaryPowers: Readonly<Record<string, bigint>> = { Ki: 1n, Mi: 2n, Gi: 3n, Ti: 4n, Pi: 5n, Ei: 6n };
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimalPowers: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

type Notation = 'binary' | 'decimal' | 'exponent';

interface Parsed {
  /** The amount in billionths, rounded away from zero. */
  readonly nano: bigint;
  readonly notation: Notation;
}

/**
 * A quantity as the API server writes it: `1000m` is `1`, `0.5Gi` is `512Mi`, `1024Mi` is `1Gi`, `2000` is `2k`.
 * What isn't a quantity is returned as it is, as text.
 */
export function canonicalQuantity(value: string | number | bigint): string {
  const text = String(value);
  if (SIMPLE.test(text)) return text;
  const parsed = parse(text);
  return parsed === undefined ? text : format(parsed);
}

/** The quantity rounded up to a whole thousandth, as the API server stores resource amounts. */
export function canonicalResourceAmount(value: string | number | bigint): string {
  const text = String(value);
  if (SIMPLE.test(text)) return text;
  const parsed = parse(text);
  if (parsed === undefined) return text;
  return format({ ...parsed, nano: divideUp(parsed.nano, 1_000_000n) * 1_000_000n });
}

function parse(text: string): Parsed | undefined {
  const match = QUANTITY.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', exponentMark, exponent = '0', binary, decimal] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const notation: Notation =
    binary !== undefined ? 'binary' : exponentMark !== undefined ? 'exponent' : 'decimal';
  const power = exponentMark === undefined ? (decimalPowers[decimal ?? ''] ?? 0) : Number(exponent);
  const factor = binary === undefined ? 1n : 1024n ** (binaryPowers[binary] ?? 0n);
  return { nano: scaled(digits * factor, power - fraction.length + 9), notation };
}

function scaled(digits: bigint, power: number): bigint {
  return power >= 0 ? digits * 10n ** BigInt(power) : divideUp(digits, 10n ** BigInt(-power));
}

/** Division that rounds away from zero. */
function divideUp(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  if (value % by === 0n) return quotient;
  return value < 0n ? quotient - 1n : quotient + 1n;
}

const GIGA = 1_000_000_000n;

function format({ nano, notation }: Parsed): string {
  if (nano === 0n) return '0';
  const isSmall = nano > -1024n * GIGA && nano < 1024n * GIGA;
  return notation === 'binary' && !isSmall
    ? formatBinary(divideUp(nano, GIGA))
    : formatDecimal(nano, notation);
}

function formatBinary(bytes: bigint): string {
  let [amount, power] = [bytes, 0];
  while (amount % 1024n === 0n && power < binarySuffixes.length - 1)
    [amount, power] = [amount / 1024n, power + 1];
  return `${amount}${binarySuffixes[power] ?? ''}`;
}

function formatDecimal(nano: bigint, notation: Notation): string {
  let [amount, step] = [nano, 0];
  while (amount % 1000n === 0n && step < decimalSuffixes.length - 1)
    [amount, step] = [amount / 1000n, step + 1];
  if (notation !== 'exponent') return `${amount}${decimalSuffixes[step] ?? ''}`;
  const exponent = step * 3 - 9;
  return exponent === 0 ? String(amount) : `${amount}e${exponent}`;
}

/** The amount in thousandths, rounded up; undefined for what isn't a quantity or too large for a number. */
export function milliAmount(value: string | number | bigint): number | undefined {
  const parsed = parse(String(value));
  if (parsed === undefined) return undefined;
  const milli = Number(divideUp(parsed.nano, 1_000_000n));
  return Number.isSafeInteger(milli) ? milli : undefined;
}
