import { z } from 'zod';
import type { FrameRate } from './frame-rate.ts';

/** An exact fraction, e.g. seconds in a source or a speed. Always in lowest terms with a positive denominator. */
export const Rational = z.object({ num: z.number().int(), den: z.number().int().positive() });
export type Rational = z.infer<typeof Rational>;

/** No time at all. */
export const ZERO: Rational = { num: 0, den: 1 };

/** The speed at which footage plays as it was made. */
export const ONE: Rational = { num: 1, den: 1 };

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

/** Lowest terms of big parts. Fractions that outgrow exact numbers are a mistake of the caller and throw. */
function reduce(num: bigint, den: bigint): Rational {
  const divisor = greatestCommonDivisor(num, den) || 1n;
  const [n, d] = [Number(num / divisor), Number(den / divisor)];
  if (!Number.isSafeInteger(n) || !Number.isSafeInteger(d)) throw new RangeError(`${num}/${den} is too fine a fraction`);
  return { num: n, den: d };
}

/** The fraction `num / den` in lowest terms; `den` is not 0. */
export function rational(num: number, den = 1): Rational {
  return den < 0 ? reduce(-BigInt(num), -BigInt(den)) : reduce(BigInt(num), BigInt(den));
}

export const addRational = (a: Rational, b: Rational): Rational => reduce(BigInt(a.num) * BigInt(b.den) + BigInt(b.num) * BigInt(a.den), BigInt(a.den) * BigInt(b.den));
export const subtractRational = (a: Rational, b: Rational): Rational => addRational(a, { num: -b.num, den: b.den });
export const multiplyRational = (a: Rational, b: Rational): Rational => reduce(BigInt(a.num) * BigInt(b.num), BigInt(a.den) * BigInt(b.den));
/** `a / b`; `b` is positive. */
export const divideRational = (a: Rational, b: Rational): Rational => reduce(BigInt(a.num) * BigInt(b.den), BigInt(a.den) * BigInt(b.num));

/** Negative when `a` is smaller, 0 when equal, positive when greater. */
export function compareRational(a: Rational, b: Rational): number {
  const difference = BigInt(a.num) * BigInt(b.den) - BigInt(b.num) * BigInt(a.den);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The greatest whole number not above `value`. */
export function floorRational(value: Rational): number {
  const [num, den] = [BigInt(value.num), BigInt(value.den)];
  const quotient = num / den;
  return Number(num % den < 0n ? quotient - 1n : quotient);
}

/** The nearest whole number; halves go up. */
export const roundRational = (value: Rational): number => floorRational(addRational(value, { num: 1, den: 2 }));

/** The smallest whole number not below `value`. */
export const ceilRational = (value: Rational): number => -floorRational({ num: -value.num, den: value.den });

/** Exact seconds of a number of frames. */
export const framesToTime = (frames: number, rate: FrameRate): Rational => reduce(BigInt(frames) * BigInt(rate.den), BigInt(rate.num));

/** Exact, possibly fractional, frames of a time in seconds. Round it with the function that says how. */
export const timeToFrames = (time: Rational, rate: FrameRate): Rational => reduce(BigInt(time.num) * BigInt(rate.num), BigInt(time.den) * BigInt(rate.den));

/** A decimal as the nearest fraction of whole thousandths, for speeds and times typed by a person. */
export const fromDecimal = (value: number): Rational => rational(Math.round(value * 1000), 1000);

export const toDecimal = (value: Rational): number => value.num / value.den;
