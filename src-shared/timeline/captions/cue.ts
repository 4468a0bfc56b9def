/** One caption of a file: whole milliseconds, the end exclusive. */
export interface Cue {
  readonly startMs: number;
  readonly endMs: number;
  /** Lines joined by line feeds, without markup. */
  readonly text: string;
}

/** Marks of style and voice, e.g. `<i>`, `<v Anna>`, `{\an8}`. The words stay. A lone `<` is no mark. */
export const withoutMarkup = (text: string): string => text.replace(/<\/?[A-Za-z][^<>]*>|<\d{2}:[\d:.]+>|\{\\[^{}]*\}/g, '');

/** Lines of a file of any line ending, without a byte order mark. */
export const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);

/** Milliseconds of `hh:mm:ss,mmm`, `mm:ss.mmm` and the like; null when it is no time. */
export function parseTimestamp(text: string): number | null {
  const match = /^(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})$/.exec(text.trim());
  if (match === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match;
  return ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000 + Number(fraction.padEnd(3, '0'));
}

/** `hh:mm:ss` and the milliseconds behind `separator`. */
export function formatTimestamp(ms: number, separator: ',' | '.'): string {
  const pad = (value: number, width = 2) => String(value).padStart(width, '0');
  const seconds = Math.floor(ms / 1000);
  return `${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}${separator}${pad(ms % 1000, 3)}`;
}

/** Start and end of a line like `00:00:01,000 --> 00:00:02,500 align:start`; null when it is no such line. */
export function parseTimingLine(line: string): { readonly startMs: number; readonly endMs: number } | null {
  const [left, right] = line.split('-->');
  if (left === undefined || right === undefined) return null;
  const startMs = parseTimestamp(left);
  const endMs = parseTimestamp(right.trim().split(/\s+/)[0] ?? '');
  return startMs === null || endMs === null ? null : { startMs, endMs };
}
