import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, nat, property, tuple } from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { StudioError } from '../../../src-shared/errors/studio-error.ts';
import { openWeights } from '../../../src-main/engine/weights/open-weights.ts';
import { writeSafetensors } from '../../../src-main/engine/weights/safetensors-writer.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/weights');
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'weights-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function file(name: string, bytes: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

/** A safetensors file with any header text and any number of data bytes. */
function rawSafetensors(header: string, dataBytes: number, declared = header.length): Uint8Array {
  const out = new Uint8Array(8 + header.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(declared), true);
  out.set(new TextEncoder().encode(header), 8);
  return out;
}

function refusal(path: string): StudioError {
  try {
    openWeights(path).close();
  } catch (error) {
    if (error instanceof StudioError) return error;
    throw error;
  }
  throw new Error(`${path} was accepted`);
}

const small = new Map([
  ['a.weight', { data: Float32Array.of(1, -2, 0.5, 65504, 6e-8, 0), shape: [2, 3] }],
  ['b.half', { data: Float32Array.of(1.0009765625, -2, 3e-5, 70000), shape: [4], dtype: 'F16' as const }],
  ['c.ids', { data: BigInt64Array.of(3n, -4n), shape: [2] }],
]);

describe('safetensors', () => {
  it('returns what was written, with offsets that point at the bytes', () => {
    const path = file('round.safetensors', writeSafetensors(small, { format: 'pt' }));
    const weights = openWeights(path);
    expect([...weights.readFloat32('a.weight')]).toEqual([...small.get('a.weight')!.data]);
    expect([...weights.readFloat32('b.half')]).toEqual([1.0009765625, -2, Math.round(3e-5 * 2 ** 24) / 2 ** 24, Infinity]);
    expect([...weights.readFloat32('c.ids')]).toEqual([3, -4]);
    const entry = weights.entries.get('a.weight')!;
    const bytes = readFileSync(path).subarray(entry.byteOffset, entry.byteOffset + entry.byteLength);
    expect(new Uint8Array(bytes)).toEqual(weights.readBytes('a.weight'));
    expect(entry).toMatchObject({ dtype: 'F32', shape: [2, 3], file: path, inPlace: true });
    weights.close();
  });

  it.each([
    ['an empty file', new Uint8Array(0), /truncated: 0 bytes/],
    ['a header longer than the file', rawSafetensors('{}', 0, 1000), /truncated: the header needs 1008 bytes/],
    ['a header above the limit', rawSafetensors('{}', 0, 100_000_001), /declares a header of 100000001 bytes; the limit is 100000000/],
    ['a header beyond 2^53', new Uint8Array(8).fill(255), /the limit is 100000000/],
    ['text', 'this is not a model at all', /the limit is 100000000/],
    ['a header that is not JSON', rawSafetensors('{"a":', 4), /the header is not JSON/],
    ['a header that is a list', rawSafetensors('[1]', 0), /not a JSON object/],
    ['an unknown dtype', rawSafetensors('{"a":{"dtype":"F8","shape":[4],"data_offsets":[0,4]}}', 4), /tensor a has dtype F8/],
    ['offsets past the end', rawSafetensors('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}', 4), /tensor a claims bytes 0 to 8 of 4/],
    ['reversed offsets', rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4), /claims bytes 4 to 0/],
    ['negative offsets', rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[-4,0]}}', 4), /not two natural numbers/],
    ['a shape that does not fit the bytes', rawSafetensors('{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}', 8), /has 8 bytes, but F32 \[3\] needs 12/],
    ['an overflowing shape', rawSafetensors('{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]}}', 0), /shape that is not a list of natural numbers/],
    ['overlapping tensors', rawSafetensors('{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /tensor b overlaps/],
    ['a hole', rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8), /a hole of 4 bytes before tensor a/],
    ['bytes after the last tensor', rawSafetensors('{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', 8), /4 bytes follow the last tensor/],
    ['metadata that is not text', rawSafetensors('{"__metadata__":{"a":1}}', 0), /metadata a is not text/],
  ])('refuses %s', (_what, bytes, message) => {
    const path = file('bad.safetensors', bytes);
    const error = refusal(path);
    expect(error.code).toBe('WEIGHTS_INVALID');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
    expect(error.message).toMatch(/again/);
  });

  it('answers any damage with a StudioError or intact bounds', () => {
    const good = writeSafetensors(small);
    assert(property(array(tuple(nat(good.length - 1), nat(255)), { minLength: 1, maxLength: 4 }), nat(good.length), (edits, cut) => {
      const bytes = good.slice(0, cut % 3 === 0 ? cut : good.length);
      for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
      const path = file('fuzz.safetensors', bytes);
      try {
        const weights = openWeights(path);
        for (const name of weights.entries.keys()) weights.readFloat32(name);
        weights.close();
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError);
      }
    }), { numRuns: 500, seed: 7 });
  });

  it('names the missing tensor', () => {
    const weights = openWeights(file('named.safetensors', writeSafetensors(small)));
    expect(() => weights.readFloat32('conv_in.weight')).toThrow(/no tensor named conv_in\.weight/);
    weights.close();
  });
});

describe('PyTorch zip checkpoints', () => {
  it('reads every dtype and references contiguous tensors in place', () => {
    const path = join(fixtures, 'tiny-state-dict.bin');
    const weights = openWeights(path);
    const base = Array.from({ length: 12 }, (_, i) => i / 8);
    for (const name of ['linear.weight', 'linear.half', 'linear.bfloat']) expect([...weights.readFloat32(name)]).toEqual(base);
    expect([...weights.readFloat32('linear.double')]).toEqual(base.map((value) => Math.fround(value + 1e-3)));
    expect([...weights.readFloat32('steps')]).toEqual([7, -9]);
    expect([...weights.readFloat32('scalar')]).toEqual([2.5]);
    expect(weights.entries.get('scalar')!.shape).toEqual([]);
    expect([...weights.readFloat32('view.row')]).toEqual([0.5, 0.625, 0.75, 0.875]);
    const entry = weights.entries.get('view.row')!;
    const raw = readFileSync(path).subarray(entry.byteOffset, entry.byteOffset + entry.byteLength);
    expect(new Uint8Array(raw)).toEqual(weights.readBytes('view.row'));
    expect(entry.inPlace).toBe(true);
    weights.close();
  });

  it('gathers a transposed view and says that it is not in place', () => {
    const weights = openWeights(join(fixtures, 'tiny-state-dict.bin'));
    expect(weights.entries.get('view.transposed')).toMatchObject({ inPlace: false, shape: [4, 3] });
    expect([...weights.readFloat32('view.transposed')].map((v) => v * 8)).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
    weights.close();
  });

  it('looks inside state_dict and ignores notes beside it', () => {
    const weights = openWeights(join(fixtures, 'module-state-dict.bin'));
    expect([...weights.entries.keys()]).toEqual(['0.weight', '0.bias']);
    expect([...weights.readFloat32('0.weight')]).toEqual([1, 2, 3, 4]);
    weights.close();
  });

  it('refuses a pickle that calls anything, by name, and does not run it', () => {
    const error = refusal(join(fixtures, 'hostile.bin'));
    expect(error.code).toBe('WEIGHTS_INVALID');
    expect(error.message).toMatch(/asks for (posix|os)\.system/);
    expect(existsSync('motif-pickle-was-run')).toBe(false);
  });

  it('refuses the old bare pickle form, truncation and other formats by content', () => {
    expect(refusal(join(fixtures, 'legacy.bin')).message).toMatch(/bare pickle/);
    const zip = readFileSync(join(fixtures, 'tiny-state-dict.bin'));
    expect(refusal(file('cut.bin', zip.subarray(0, zip.length - 200))).message).toMatch(/truncated: the zip directory/);
    expect(refusal(file('model.safetensors.gguf', 'GGUF____________')).message).toMatch(/GGUF/);
  });

  it('answers any damage with a StudioError', () => {
    const good = readFileSync(join(fixtures, 'tiny-state-dict.bin'));
    assert(property(array(tuple(nat(good.length - 1), nat(255)), { minLength: 1, maxLength: 6 }), (edits) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of edits) bytes[at] = value;
      const path = file('fuzz.bin', bytes);
      try {
        const weights = openWeights(path);
        for (const name of weights.entries.keys()) weights.readFloat32(name);
        weights.close();
      } catch (error) {
        expect(error).toBeInstanceOf(StudioError);
      }
    }), { numRuns: 500, seed: 11 });
  });
});

describe('folders', () => {
  it('follows a shard index and finds the fp16 variant', () => {
    const one = join(folder, 'sharded');
    const shard = (name: string, value: number): void => {
      file(`sharded/${name}`, writeSafetensors(new Map([[`t${value}`, { data: Float32Array.of(value), shape: [1] }]])));
    };
    writeDirectory(one);
    shard('model-00001-of-00002.safetensors', 1);
    shard('model-00002-of-00002.safetensors', 2);
    file('sharded/model.safetensors.index.json', JSON.stringify({ weight_map: { t1: 'model-00001-of-00002.safetensors', t2: 'model-00002-of-00002.safetensors' } }));
    const weights = openWeights(one);
    expect([...weights.entries.values()].map((entry) => [entry.name, entry.file])).toEqual([
      ['t1', join(one, 'model-00001-of-00002.safetensors')], ['t2', join(one, 'model-00002-of-00002.safetensors')],
    ]);
    expect([...weights.readFloat32('t2')]).toEqual([2]);
    weights.close();

    const variant = join(folder, 'variant');
    writeDirectory(variant);
    file('variant/diffusion_pytorch_model.fp16.safetensors', writeSafetensors(small));
    const half = openWeights(variant);
    expect(half.entries.size).toBe(3);
    half.close();
  });

  it('refuses an index that leaves its folder or lies about a shard', () => {
    const outside = join(folder, 'outside');
    writeDirectory(outside);
    file('outside/model.safetensors.index.json', JSON.stringify({ weight_map: { t1: '../round.safetensors' } }));
    expect(refusal(outside).message).toMatch(/not a file beside the index/);
    file('outside/shard.safetensors', writeSafetensors(small));
    file('outside/model.safetensors.index.json', JSON.stringify({ weight_map: { t1: 'shard.safetensors' } }));
    expect(refusal(outside).message).toMatch(/lacks tensor t1/);
  });

  it('says when a model folder is empty or missing', () => {
    const empty = join(folder, 'empty');
    writeDirectory(empty);
    expect(refusal(empty).code).toBe('MODEL_MISSING');
    expect(refusal(join(folder, 'nowhere')).message).toMatch(/does not exist/);
  });
});

function writeDirectory(path: string): void {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path);
}
