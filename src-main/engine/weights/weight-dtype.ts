/** Element types a weight file may hold, with the names safetensors gives them. */
export const WEIGHT_DTYPES = ['F64', 'F32', 'F16', 'BF16', 'I64', 'I32', 'I16', 'I8', 'U8', 'BOOL'] as const;

export type WeightDtype = (typeof WEIGHT_DTYPES)[number];

/** Bytes of one element. */
export const DTYPE_BYTES: Readonly<Record<WeightDtype, number>> = {
  F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1,
};

/** True when `name` is a dtype that this reader knows. */
export function isWeightDtype(name: unknown): name is WeightDtype {
  return typeof name === 'string' && (WEIGHT_DTYPES as readonly string[]).includes(name);
}

/** Product of the dimensions; null where it leaves the safe integers or a dimension is not a natural number. */
export function elementCount(shape: readonly unknown[]): number | null {
  let count = 1;
  for (const dimension of shape) {
    if (typeof dimension !== 'number' || !Number.isSafeInteger(dimension) || dimension < 0) return null;
    count *= dimension;
    if (!Number.isSafeInteger(count)) return null;
  }
  return count;
}
