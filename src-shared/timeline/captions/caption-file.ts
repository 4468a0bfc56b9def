import { StudioError } from '../../errors/studio-error.ts';
import { formatTimestamp, linesOf, parseTimingLine, withoutMarkup, type Cue } from './cue.ts';

export type CaptionFormat = 'srt' | 'vtt';

/** Longest caption file read: hours of speech are far below. */
const MAX_CHARACTERS = 20_000_000;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: '\u00A0', lrm: '\u200E', rlm: '\u200F' };
const decodeEntities = (text: string): string => text.replace(/&(amp|lt|gt|nbsp|lrm|rlm);/g, (whole, name: string) => ENTITIES[name] ?? whole);
const encodeEntities = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * Reads SubRip or WebVTT, told apart by the `WEBVTT` header. Lenient as players are: numbers and identifiers are skipped, and so are
 * notes, styles and cues without time or words. INVALID_INPUT when nothing in the file is a caption.
 */
export function parseCaptions(text: string): Cue[] {
  if (text.length > MAX_CHARACTERS) throw new StudioError('INVALID_INPUT', `The caption file is longer than ${MAX_CHARACTERS} characters. Split it.`, { details: { characters: text.length } });
  const lines = linesOf(text);
  const isWebVtt = lines[0]?.startsWith('WEBVTT') === true;
  const cues: Cue[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    if (isWebVtt && /^(NOTE|STYLE|REGION)(\s|$)/.test(lines[index] ?? '')) {
      // Such a block lasts to the next empty line, whatever it says.
      while (index < lines.length && lines[index] !== '') index += 1;
      continue;
    }
    const timing = parseTimingLine(lines[index] ?? '');
    if (timing === null) continue;
    const words: string[] = [];
    while (index + 1 < lines.length) {
      const next = lines[index + 1] ?? '';
      // A missing empty line between cues is common: the next number and time still begin a new one.
      const beginsCue = parseTimingLine(next) !== null || (/^\d+$/.test(next) && parseTimingLine(lines[index + 2] ?? '') !== null);
      if (next.trim() === '' || beginsCue) break;
      words.push(next);
      index += 1;
    }
    const plain = withoutMarkup(words.join('\n')).trim();
    const said = isWebVtt ? decodeEntities(plain) : plain;
    if (said !== '' && timing.endMs > timing.startMs) cues.push({ ...timing, text: said });
  }
  if (cues.length === 0) throw new StudioError('INVALID_INPUT', 'The file has no captions. Choose a SubRip (.srt) or WebVTT (.vtt) file.', {});
  return cues.sort((a, b) => a.startMs - b.startMs);
}

/** Writes cues as SubRip or WebVTT. Empty lines inside a caption would end it, so they go. */
export function writeCaptions(cues: readonly Cue[], format: CaptionFormat): string {
  const separator = format === 'srt' ? ',' : '.';
  const blocks = cues.map((cue, index) => {
    const words = cue.text.split('\n').filter((line) => line.trim() !== '').join('\n');
    return `${index + 1}\n${formatTimestamp(cue.startMs, separator)} --> ${formatTimestamp(cue.endMs, separator)}\n${format === 'vtt' ? encodeEntities(words) : words}\n`;
  });
  return `${format === 'vtt' ? 'WEBVTT\n\n' : ''}${blocks.join('\n')}`;
}
