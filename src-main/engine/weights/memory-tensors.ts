import type { Tensor } from '../tensor/tensor.ts';
import { bytesToFloat32 } from './float-formats.ts';
import { readSafetensorsHeader } from './safetensors-reader.ts';
import type { SafetensorsHeader } from './safetensors-reader.ts';
import type { OpenFile } from './weights-index.ts';

/** A safetensors file that is already in memory; every claim of its header is checked. */
export interface MemoryTensors extends SafetensorsHeader {
  /** Values as float32, copied; null when there is no tensor of that name. */
  float32(name: string): Tensor | null;
  /** Raw bytes, copied; null when there is no tensor of that name. */
  bytes(name: string): Uint8Array | null;
}

/** Opens the bytes of a safetensors file. `origin` names it in messages; WEIGHTS_INVALID when it is damaged. */
export function openMemoryTensors(content: Uint8Array, origin: string): MemoryTensors {
  const file: OpenFile = {
    path: origin, sizeBytes: content.length,
    // Copied: the view may start anywhere in its buffer, and values must not share memory with a message.
    read: (position, length) => content.slice(position, position + length) as Uint8Array<ArrayBuffer>,
    close: () => {},
  };
  const header = readSafetensorsHeader(file);
  const bytes = (name: string): Uint8Array | null => {
    const entry = header.entries.get(name);
    return entry === undefined ? null : file.read(entry.byteOffset, entry.byteLength);
  };
  return {
    ...header,
    bytes,
    float32: (name) => {
      const [entry, raw] = [header.entries.get(name), bytes(name)];
      return entry === undefined || raw === null ? null : { data: bytesToFloat32(raw, entry.dtype), shape: entry.shape };
    },
  };
}
