/** How a number is shown, typed and dragged. */
export interface NumberScale {
  readonly min: number;
  readonly max: number;
  /** What one step of the arrow keys or a few pixels of a drag change. */
  readonly step: number;
  /** Digits behind the point; values are rounded to them. */
  readonly decimals: number;
  readonly unit: string;
}

/** The nearest value that the scale can show. */
export function fitNumber(value: number, { min, max, decimals }: Pick<NumberScale, 'min' | 'max' | 'decimals'>): number {
  const power = 10 ** decimals;
  return Math.max(min, Math.min(max, Math.round(value * power) / power));
}

/** Digits without a tail of zeros: `12.5`, `100`. */
export const showNumber = (value: number, decimals: number): string => String(Number(value.toFixed(decimals)));

/** Typed text as a number: decimal point or comma, the unit may follow, and a fraction such as `1/3` works too. Null when it is none. */
export function readNumber(text: string, unit: string): number | null {
  const trimmed = text.trim().replace(/[\u2212\u2013]/g, '-');
  const bare = (unit !== '' && trimmed.toLowerCase().endsWith(unit.toLowerCase()) ? trimmed.slice(0, -unit.length) : trimmed).trim().replace(',', '.');
  const parts = /^([+-]?\d*\.?\d+|[+-]?\d+\.)(?:\s*\/\s*(\d*\.?\d+))?$/.exec(bare);
  if (parts === null) return null;
  const value = Number(parts[1]) / (parts[2] === undefined ? 1 : Number(parts[2]));
  return Number.isFinite(value) ? value : null;
}

/** CSS pixels of a drag that make one step. */
const PIXELS_PER_STEP = 4;

/** Keys that change how far a drag or an arrow key goes: Shift is coarse; Alt, Ctrl or Cmd is fine. */
export interface ScrubKeys {
  readonly shiftKey: boolean;
  readonly altKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

/** Factor on how far a drag or an arrow key goes. */
export const scrubFactor = (keys: ScrubKeys): number => (keys.shiftKey ? 10 : keys.altKey || keys.ctrlKey || keys.metaKey ? 0.1 : 1);

/**
 * A drag over a number. It adds up what the pointer travels, each part under the keys held then, so that pressing Shift on the
 * way does not make the value jump.
 */
export function beginScrub(from: number, scale: NumberScale): { move(dx: number, keys: ScrubKeys): number } {
  let exact = from;
  return {
    move(dx, keys) {
      exact = Math.max(scale.min, Math.min(scale.max, exact + (dx / PIXELS_PER_STEP) * scale.step * scrubFactor(keys)));
      return fitNumber(exact, scale);
    },
  };
}
