import { relative, sep } from 'node:path';
import type { ElementType } from '../onnx/element-type.ts';
import type { InitializerData } from '../onnx/graph.ts';
import type { WeightDtype } from '../weights/weight-dtype.ts';
import type { WeightsIndex } from '../weights/weights-index.ts';

/** One stored parameter: what it is and where its bytes are. */
export interface StoredParameter {
  readonly elementType: ElementType;
  readonly shape: readonly number[];
  readonly data: InitializerData;
}

/** Where a model's parameters come from, by their official state-dict names. */
export interface ParameterSource {
  /** The file or folder, for messages. */
  readonly origin: string;
  get(name: string): StoredParameter | undefined;
  names(): Iterable<string>;
}

const ELEMENT_TYPE: Readonly<Record<WeightDtype, ElementType>> = {
  F64: 'float64', F32: 'float32', F16: 'float16', BF16: 'bfloat16', I64: 'int64', I32: 'int32', I16: 'int16', I8: 'int8', U8: 'uint8', BOOL: 'bool',
};

/**
 * Parameters of an opened weights folder. Tensors that lie in row-major order in a file under `folder` become references
 * into that file; others are read.
 */
export function weightsParameterSource(weights: WeightsIndex, folder: string): ParameterSource {
  return {
    origin: folder,
    names: () => weights.entries.keys(),
    get: (name) => {
      const entry = weights.entries.get(name);
      if (entry === undefined) return undefined;
      const location = relative(folder, entry.file).split(sep).join('/');
      const inside = location !== '' && !location.startsWith('..');
      const data: InitializerData = entry.inPlace && inside
        ? { kind: 'external', location, offset: entry.byteOffset, length: entry.byteLength }
        : { kind: 'inline', bytes: weights.readBytes(name) };
      return { elementType: ELEMENT_TYPE[entry.dtype], shape: entry.shape, data };
    },
  };
}
