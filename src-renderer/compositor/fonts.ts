import { readFont } from '../../src-shared/compose/text/font.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';

/** The same files that exports are drawn with, in the order in which they are asked for a character. */
const FILES = import.meta.glob('../../assets/fonts/inter-600-*.ttf', { query: '?url', import: 'default', eager: true }) as Readonly<Record<string, string>>;

let loading: Promise<FontChain> | null = null;

/** Fonts for titles and captions, read once when first needed; a failure is tried again the next time. */
export function loadFonts(names: readonly string[]): Promise<FontChain> {
  loading ??= Promise.all(names.map(async (name) => {
    const url = FILES[`../../assets/fonts/${name}`];
    if (url === undefined) throw new Error(`${name} is not part of this build.`);
    const answer = await fetch(url);
    return readFont(new Uint8Array(await answer.arrayBuffer()));
  })).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}
