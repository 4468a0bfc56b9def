import { describe, expect, it } from 'vitest';
import { decodeJson, encodeJson } from '../../src-shared/rpc/json-codec.ts';

describe('the JSON codec', () => {
  it('carries plain data both ways', () => {
    const value = { text: 'ä"', list: [1, null, true], nested: { zero: 0 } };
    expect(decodeJson(encodeJson(value))).toEqual(value);
  });

  it.each([
    ['a Float32Array', { frames: new Float32Array(2) }, '"frames" holds bytes (Float32Array)'],
    ['a Buffer, despite its toJSON', { frames: Buffer.from('x') }, '"frames" holds bytes (Buffer)'],
    ['an ArrayBuffer in a list', { list: [new ArrayBuffer(1)] }, '"0" holds bytes (ArrayBuffer)'],
    ['NaN', { remainingMs: Number.NaN }, '"remainingMs" is NaN'],
    ['Infinity', { remainingMs: Infinity }, '"remainingMs" is Infinity'],
    ['a bigint', { size: 1n }, '"size" is a bigint'],
    ['a Map', { records: new Map() }, '"records" is a Map'],
  ])('refuses %s and names the field', (_what, value, text) => {
    expect(() => encodeJson(value)).toThrow(text);
  });

  it('reads text that is not JSON as nothing', () => {
    expect(decodeJson('{"half')).toBeUndefined();
  });
});
