import { z } from 'zod';
import { createCharsmapNormalizer } from './precompiled-charsmap.ts';

/** One rewriting of text before it is cut into tokens. */
export type TextNormalizer = (text: string) => string;

/** White space as the reference tokenizers and Python know it: unlike JavaScript's it has U+0085 and lacks U+FEFF. */
const SPACE = '\\p{White_Space}';

const pattern = z.union([z.object({ Regex: z.string() }).transform(({ Regex }) => new RegExp(unicodeSpaces(Regex), 'gu')), z.object({ String: z.string() }).transform(({ String: text }) => text)]);

const step = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Precompiled'), precompiled_charsmap: z.string() }),
  z.object({ type: z.literal('Strip'), strip_left: z.boolean().default(true), strip_right: z.boolean().default(true) }),
  z.object({ type: z.literal('Replace'), pattern, content: z.string() }),
  z.object({ type: z.literal('Lowercase') }),
  z.object({ type: z.enum(['NFC', 'NFD', 'NFKC', 'NFKD']) }),
]);
const sequence = z.object({ type: z.literal('Sequence'), normalizers: z.array(step) }).transform(({ normalizers }) => normalizers);
const chain = z.union([z.null().transform(() => []), sequence, step.transform((one) => [one])]);

/** A regular expression of `tokenizer.json` with its white space as Unicode's. */
export function unicodeSpaces(source: string): string {
  return source.replaceAll(/\\[sS]/g, (found) => (found === '\\s' ? SPACE : '\\P{White_Space}'));
}

const isPythonSpace = (letter: string): boolean => /\p{White_Space}/u.test(letter) || (letter >= '\u001C' && letter <= '\u001F');

/** Python's `str.strip`, which knows four more control characters as space than Unicode does. */
export function pythonStrip(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isPythonSpace(text.charAt(start))) start += 1;
  while (end > start && isPythonSpace(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

function normalizerOf(parsed: z.output<typeof step>): TextNormalizer {
  switch (parsed.type) {
    case 'Precompiled': return createCharsmapNormalizer(Buffer.from(parsed.precompiled_charsmap, 'base64'));
    case 'Strip': return (text) => {
      const left = parsed.strip_left ? text.replace(/^\p{White_Space}+/u, '') : text;
      return parsed.strip_right ? left.replace(/\p{White_Space}+$/u, '') : left;
    };
    // A function, so that "$1" in the content stays as it is.
    case 'Replace': return (text) => text.replaceAll(parsed.pattern, () => parsed.content);
    // Letter by letter: no final sigma, as in the reference.
    case 'Lowercase': return (text) => Array.from(text, (letter) => letter.toLowerCase()).join('');
    default: return (text) => text.normalize(parsed.type);
  }
}

const addedTokens = z.array(z.object({ content: z.string().min(1), normalized: z.boolean().default(true) })).default([]);

/**
 * The normalizer that `tokenizer.json` describes, applied to the text between added tokens, which stand for themselves; null
 * for one with steps that are not known here.
 */
export function readTextNormalizer(json: unknown, added: unknown): TextNormalizer | null {
  const parsed = chain.safeParse(json ?? null);
  const tokens = addedTokens.safeParse(added ?? undefined);
  if (!parsed.success || !tokens.success) return null;
  const steps = parsed.data.map(normalizerOf);
  const normalize = (text: string): string => steps.reduce((current, apply) => apply(current), text);
  const verbatim = tokens.data.filter(({ normalized }) => !normalized).map(({ content }) => content).sort((a, b) => b.length - a.length);
  if (verbatim.length === 0) return normalize;
  const cut = new RegExp(`(${verbatim.map((content) => content.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|')})`, 'u');
  // Odd parts are the tokens that were cut out.
  return (text) => text.split(cut).map((part, index) => (index % 2 === 1 ? part : normalize(part))).join('');
}
