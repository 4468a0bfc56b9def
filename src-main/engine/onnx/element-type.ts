/** The tensor element types the engine reads, computes with, or writes; names follow onnxruntime. */
export const ELEMENT_TYPES = [
  'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'bool', 'float16', 'float64', 'bfloat16',
] as const;

export type ElementType = (typeof ELEMENT_TYPES)[number];

/** ONNX `TensorProto.DataType` numbers. */
const CODES: Readonly<Record<ElementType, number>> = {
  float32: 1, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11, bfloat16: 16,
};

const BYTES: Readonly<Record<ElementType, number>> = {
  float32: 4, uint8: 1, int8: 1, uint16: 2, int16: 2, int32: 4, int64: 8, bool: 1, float16: 2, float64: 8, bfloat16: 2,
};

const BY_CODE = new Map<number, ElementType>(ELEMENT_TYPES.map((type) => [CODES[type], type]));

/** The ONNX `TensorProto.DataType` number of an element type. */
export function elementTypeCode(type: ElementType): number {
  return CODES[type];
}

/** The element type for an ONNX `TensorProto.DataType` number, or undefined where the engine has no such type. */
export function elementTypeFromCode(code: number): ElementType | undefined {
  return BY_CODE.get(code);
}

/** Bytes per element. */
export function elementBytes(type: ElementType): number {
  return BYTES[type];
}

/** True for types that gradients and layers may flow through. */
export function isFloating(type: ElementType): boolean {
  return type === 'float32' || type === 'float16' || type === 'float64' || type === 'bfloat16';
}

/** Number of elements in a shape; 1 for a scalar `[]`. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((total, dim) => total * dim, 1);
}
