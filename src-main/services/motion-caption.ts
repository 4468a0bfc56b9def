import { parse } from 'node:path';

/** Names that cameras, phones and downloads give: they say nothing about the picture. */
const MEANINGLESS = /^(img|dsc[nf]?|vid(eo)?|mov(ie)?|clip|pxl|gopr|gx|screen ?(recording|capture)|untitled|final|export|download|take)$/i;
/** Words that begin what a caption leaves out: where it happens, how it looks. */
const SCENE = /(,| (in|on|at|over|under|above|below|across|through|beside|near|against|behind|with|during) (the|a|an|some|front)\b).*$/i;

/**
 * A first caption for a clip: what moves and how, without scene or style (VMC's appearance-invariant prompt, arXiv 2312.00845).
 * From the prompt of a generated clip, otherwise from the words of the file's name.
 */
export function proposeCaption(name: string, prompt: string | null): string {
  if (prompt !== null) {
    const core = prompt.trim().replace(SCENE, '').trim();
    return core === '' ? prompt.trim() : core;
  }
  const words = parse(name).name.split(/[^\p{L}]+/u).filter((word) => word.length > 1 && !MEANINGLESS.test(word));
  return words.length === 0 ? 'something is moving' : words.join(' ').toLowerCase();
}
