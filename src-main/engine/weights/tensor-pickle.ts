import { weightsInvalid } from './weights-index.ts';
import type { WeightDtype } from './weight-dtype.ts';

/** A tensor as a checkpoint's pickle describes it: a strided view of a storage. Sizes and strides in elements. */
export interface PickledTensor {
  readonly kind: 'tensor';
  readonly storageKey: string;
  readonly storageElements: number;
  readonly dtype: WeightDtype;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A dictionary of the pickle. Keys other than text are kept as text. */
export type PickledDict = Map<string, PickledValue>;
export type PickledValue = null | boolean | number | string | PickledTensor | PickledDict | PickledValue[] | PickledGlobal | PickledStorage;

interface PickledGlobal { readonly kind: 'global'; readonly name: string }
interface PickledStorage { readonly kind: 'storage'; readonly key: string; readonly dtype: WeightDtype; readonly elements: number }

const STORAGE_DTYPES: Readonly<Record<string, WeightDtype>> = {
  'torch DoubleStorage': 'F64', 'torch FloatStorage': 'F32', 'torch HalfStorage': 'F16', 'torch BFloat16Storage': 'BF16',
  'torch LongStorage': 'I64', 'torch IntStorage': 'I32', 'torch ShortStorage': 'I16', 'torch CharStorage': 'I8',
  'torch ByteStorage': 'U8', 'torch BoolStorage': 'BOOL',
};
const ORDERED_DICT = 'collections OrderedDict';
const REBUILD_TENSOR = 'torch._utils _rebuild_tensor_v2';
const MEND = 'Convert the checkpoint to safetensors with the tool that made it.';
const MARK = Symbol('mark');

type StackItem = PickledValue | typeof MARK;

/** True for dictionaries of the pickle. */
export function isPickledDict(value: PickledValue | undefined): value is PickledDict {
  return value instanceof Map;
}

/** True for tensors of the pickle. */
export function isPickledTensor(value: PickledValue | undefined): value is PickledTensor {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor';
}

/**
 * Reads the pickle of a torch checkpoint as data. It is a table of the opcodes that `torch.save` of a state dict writes;
 * names are compared with a closed list and never looked up, nothing is imported, constructed or called.
 * Any other opcode or name is WEIGHTS_INVALID with its name.
 */
export function readTensorPickle(bytes: Uint8Array, path: string): PickledValue {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = new TextDecoder();
  const stack: StackItem[] = [];
  const memo = new Map<number, PickledValue>();
  let at = 0;

  const fail = (problem: string): Error => weightsInvalid(path, `the pickle ${problem}`, MEND);
  const take = (length: number): number => {
    const start = at;
    if (length < 0 || at + length > bytes.length) throw fail('is truncated');
    at += length;
    return start;
  };
  const takeText = (length: number): string => {
    const start = take(length);
    return text.decode(bytes.subarray(start, start + length));
  };
  const takeLine = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw fail('is truncated');
    const line = takeText(end - at);
    at += 1;
    return line;
  };
  const pop = (): PickledValue => {
    const item = stack.pop();
    if (item === undefined || item === MARK) throw fail('takes from an empty stack');
    return item;
  };
  const top = (): PickledValue => {
    const item = stack.at(-1);
    if (item === undefined || item === MARK) throw fail('uses an empty stack');
    return item;
  };
  const popToMark = (): PickledValue[] => {
    const mark = stack.lastIndexOf(MARK);
    if (mark < 0) throw fail('closes a group that was not opened');
    const items = stack.splice(mark + 1) as PickledValue[];
    stack.pop();
    return items;
  };
  const remember = (key: number): void => { memo.set(key, top()); };
  const recall = (key: number): void => {
    const value = memo.get(key);
    if (value === undefined) throw fail(`recalls entry ${key}, which it never stored`);
    stack.push(value);
  };
  const global = (name: string): PickledGlobal => {
    if (name !== ORDERED_DICT && name !== REBUILD_TENSOR && !Object.hasOwn(STORAGE_DTYPES, name)) {
      throw fail(`asks for ${name.replace(' ', '.')}, which a table of tensors does not need; it was not run`);
    }
    return { kind: 'global', name };
  };
  const setItems = (items: readonly PickledValue[]): void => {
    const target = top();
    if (!isPickledDict(target) || items.length % 2 !== 0) throw fail('sets items of something that is not a dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(String(items[i]), items[i + 1]!);
  };
  const append = (items: readonly PickledValue[]): void => {
    const target = top();
    if (!Array.isArray(target)) throw fail('appends to something that is not a list');
    for (const item of items) target.push(item);
  };
  const reduce = (): void => {
    const args = pop();
    const callee = pop();
    const name = typeof callee === 'object' && callee !== null && 'kind' in callee && callee.kind === 'global' ? callee.name : 'a value';
    if (name === ORDERED_DICT && Array.isArray(args) && args.length === 0) stack.push(new Map());
    else if (name === REBUILD_TENSOR && Array.isArray(args)) stack.push(rebuildTensor(args, fail));
    else throw fail(`calls ${name.replace(' ', '.')}, which is not a tensor; it was not run`);
  };

  const opcodes: Record<number, () => void> = {
    0x80: () => { const version = bytes[take(1)]!; if (version > 5) throw fail(`has version ${version}`); }, // PROTO
    0x95: () => { take(8); }, // FRAME: only a length hint
    0x28: () => { stack.push(MARK); }, // MARK
    0x30: () => { stack.pop(); }, // POP
    0x4e: () => { stack.push(null); }, // NONE
    0x88: () => { stack.push(true); }, // NEWTRUE
    0x89: () => { stack.push(false); }, // NEWFALSE
    0x4b: () => { stack.push(bytes[take(1)]!); }, // BININT1
    0x4d: () => { stack.push(view.getUint16(take(2), true)); }, // BININT2
    0x4a: () => { stack.push(view.getInt32(take(4), true)); }, // BININT
    0x47: () => { stack.push(view.getFloat64(take(8), false)); }, // BINFLOAT
    0x8a: () => { stack.push(takeLong(bytes[take(1)]!)); }, // LONG1
    0x58: () => { stack.push(takeText(view.getUint32(take(4), true))); }, // BINUNICODE
    0x8c: () => { stack.push(takeText(bytes[take(1)]!)); }, // SHORT_BINUNICODE
    0x7d: () => { stack.push(new Map()); }, // EMPTY_DICT
    0x5d: () => { stack.push([]); }, // EMPTY_LIST
    0x29: () => { stack.push([]); }, // EMPTY_TUPLE
    0x85: () => { stack.push([pop()]); }, // TUPLE1
    0x86: () => { const b = pop(); stack.push([pop(), b]); }, // TUPLE2
    0x87: () => { const c = pop(); const b = pop(); stack.push([pop(), b, c]); }, // TUPLE3
    0x74: () => { stack.push(popToMark()); }, // TUPLE
    0x6c: () => { stack.push(popToMark()); }, // LIST
    0x73: () => { const value = pop(); setItems([pop(), value]); }, // SETITEM
    0x75: () => { setItems(popToMark()); }, // SETITEMS
    0x61: () => { append([pop()]); }, // APPEND
    0x65: () => { append(popToMark()); }, // APPENDS
    0x71: () => { remember(bytes[take(1)]!); }, // BINPUT
    0x72: () => { remember(view.getUint32(take(4), true)); }, // LONG_BINPUT
    0x94: () => { remember(memo.size); }, // MEMOIZE
    0x68: () => { recall(bytes[take(1)]!); }, // BINGET
    0x6a: () => { recall(view.getUint32(take(4), true)); }, // LONG_BINGET
    0x63: () => { const module = takeLine(); stack.push(global(`${module} ${takeLine()}`)); }, // GLOBAL
    0x93: () => { const name = pop(); stack.push(global(`${String(pop())} ${String(name)}`)); }, // STACK_GLOBAL
    0x51: () => { stack.push(storage(pop(), fail)); }, // BINPERSID
    0x52: reduce, // REDUCE
    // BUILD sets attributes; on the dictionary of a state dict that is only its version note, which is not needed.
    0x62: () => { pop(); if (!isPickledDict(top())) throw fail('sets the state of an object that is not a dictionary'); },
  };
  const takeLong = (length: number): number => {
    if (length > 8) throw fail(`holds an integer of ${length} bytes`);
    const start = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[start + i]!);
    return Number(BigInt.asIntN(length * 8, value));
  };

  while (true) {
    const opcode = bytes[take(1)]!;
    if (opcode === 0x2e) return pop(); // STOP
    const run = opcodes[opcode];
    if (!run) throw fail(`uses opcode 0x${opcode.toString(16).padStart(2, '0')}, which a table of tensors does not need; it was not run`);
    run();
  }
}

function isNaturals(value: PickledValue | undefined): value is number[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'number' && Number.isSafeInteger(item) && item >= 0);
}

/** Persistent id: ('storage', storage type, key, device, element count). */
function storage(id: PickledValue, fail: (problem: string) => Error): PickledStorage {
  const [tag, type, key, , elements] = Array.isArray(id) ? id : [];
  const dtype = typeof type === 'object' && type !== null && 'kind' in type && type.kind === 'global' ? STORAGE_DTYPES[type.name] : undefined;
  if (tag !== 'storage' || !dtype || typeof key !== 'string' || typeof elements !== 'number' || !Number.isSafeInteger(elements) || elements < 0) {
    throw fail('names a persistent object that is not a tensor storage');
  }
  return { kind: 'storage', key, dtype, elements };
}

/** Arguments: (storage, offset, size, stride, requires_grad, hooks[, metadata]). */
function rebuildTensor(args: readonly PickledValue[], fail: (problem: string) => Error): PickledTensor {
  const [source, offset, shape, strides] = args;
  if (typeof source !== 'object' || source === null || !('kind' in source) || source.kind !== 'storage') throw fail('builds a tensor without a storage');
  if (typeof offset !== 'number' || !Number.isSafeInteger(offset) || offset < 0 || !isNaturals(shape) || !isNaturals(strides) || shape.length !== strides.length) {
    throw fail('builds a tensor with an impossible offset, size or stride');
  }
  return { kind: 'tensor', storageKey: source.key, storageElements: source.elements, dtype: source.dtype, offset, shape, strides };
}
