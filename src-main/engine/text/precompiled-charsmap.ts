import { StudioError } from '../../../src-shared/errors/studio-error.ts';

/** Rewrites text as a SentencePiece model's rules say (NFKC with its own treatment of control characters and spaces). */
export type CharsmapNormalizer = (text: string) => string;

/** Longest cluster, in UTF-8 bytes, that is looked up as one; longer ones go character by character, as the reference does. */
const MAX_CLUSTER_BYTES = 5;

const damaged = (): StudioError => new StudioError('MODEL_INCOMPATIBLE', 'The normalization rules of the SentencePiece model are damaged. Download the tokenizer again.');

/**
 * Reads a `precompiled_charsmap`: a little-endian length, a double-array trie (Aoe 1989) of that many bytes from UTF-8 keys to
 * offsets, and the replacements, each ended by a zero byte.
 */
export function createCharsmapNormalizer(blob: Uint8Array): CharsmapNormalizer {
  if (blob.length < 4) throw damaged();
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const trieBytes = view.getUint32(0, true);
  if (trieBytes % 4 !== 0 || 4 + trieBytes > blob.length) throw damaged();
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, index) => view.getUint32(4 + index * 4, true));
  const replacements = blob.subarray(4 + trieBytes);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const offsetOf = (unit: number): number => (unit >>> 10) << ((unit & (1 << 9)) >>> 6);

  const replacementAt = (offset: number): string => {
    const end = replacements.indexOf(0, offset);
    if (end < 0) throw damaged();
    return decoder.decode(replacements.subarray(offset, end));
  };
  /** The replacement of the shortest key that begins `key`, or null. */
  const lookUp = (key: Uint8Array): string | null => {
    let node = 0;
    node ^= offsetOf(units[0] ?? 0);
    for (const byte of key) {
      // A zero byte ends keys inside the trie and cannot be part of one.
      if (byte === 0) return null;
      node ^= byte;
      const unit = units[node] ?? 0;
      if ((unit & 0x8000_00ff) !== byte) return null;
      node ^= offsetOf(unit);
      if ((unit >>> 8) & 1) return replacementAt((units[node] ?? 0) & 0x7fff_ffff);
    }
    return null;
  };

  const clusters = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const characters = new Map<string, string>();
  const character = (text: string): string => {
    const known = characters.get(text);
    if (known !== undefined) return known;
    const replaced = lookUp(encoder.encode(text)) ?? text;
    characters.set(text, replaced);
    return replaced;
  };
  return (text) => {
    const out: string[] = [];
    for (const { segment } of clusters.segment(text)) {
      const bytes = encoder.encode(segment);
      const whole = bytes.length <= MAX_CLUSTER_BYTES ? lookUp(bytes) : null;
      out.push(whole ?? Array.from(segment, character).join(''));
    }
    return out.join('');
  };
}
