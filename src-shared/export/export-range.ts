import type { TimelineRecords } from '../timeline/document.ts';
import { sequenceOf } from '../timeline/tracks.ts';
import type { ExportRange } from './settings.ts';

/** The frames that a range names, the end exclusive; within `[0, durationFrames)`. Empty when nothing of it is there. */
export function framesOfRange(range: ExportRange, records: TimelineRecords, durationFrames: number): { readonly from: number; readonly to: number } {
  const { inFrame, outFrame } = sequenceOf(records);
  const [from, to] = range.kind === 'frames' ? [range.from, range.to] : range.kind === 'marked' ? [inFrame ?? 0, outFrame ?? durationFrames] : [0, durationFrames];
  const end = Math.min(to, durationFrames);
  return { from: Math.min(from, end), to: end };
}

/** The canvas of an export: the sequence's, or its shape at another height; always even. */
export function exportSize(sequence: { readonly width: number; readonly height: number }, height: number | null): { readonly width: number; readonly height: number } {
  const even = (value: number): number => Math.max(2, 2 * Math.round(value / 2));
  return height === null ? { width: even(sequence.width), height: even(sequence.height) } : { width: even((sequence.width * height) / sequence.height), height: even(height) };
}
