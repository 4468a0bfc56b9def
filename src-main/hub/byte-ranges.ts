/** Bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Sorted and joined where they touch or overlap. */
export function joinRanges(ranges: readonly ByteRange[]): ByteRange[] {
  const joined: ByteRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last !== undefined && range.start <= last.end) joined[joined.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    else joined.push(range);
  }
  return joined;
}

export const coveredBytes = (ranges: readonly ByteRange[]): number => joinRanges(ranges).reduce((sum, { start, end }) => sum + end - start, 0);

/** What of `[0, size)` is not covered, in pieces of at most `piece` bytes. */
export function missingPieces(ranges: readonly ByteRange[], size: number, piece: number): ByteRange[] {
  const pieces: ByteRange[] = [];
  const cut = (start: number, end: number) => {
    for (let at = start; at < end; at += piece) pieces.push({ start: at, end: Math.min(end, at + piece) });
  };
  let at = 0;
  for (const { start, end } of joinRanges(ranges)) {
    cut(at, start);
    at = Math.max(at, end);
  }
  cut(at, size);
  return pieces;
}
