import { z } from 'zod';

/** Frames per second as a fraction, e.g. 30000/1001. */
export const FrameRate = z.object({ num: z.number().int().positive(), den: z.number().int().positive() });
export type FrameRate = z.infer<typeof FrameRate>;

/** Seconds at which frame `frame` starts. */
export const framesToSeconds = (frame: number, rate: FrameRate): number => (frame * rate.den) / rate.num;

/** The frame shown at `seconds`; the only place where time becomes frames. A nanosecond of slack absorbs float division. */
export const secondsToFrame = (seconds: number, rate: FrameRate): number => Math.floor((seconds * rate.num) / rate.den + 1e-9);

/** `m:ss.ff` for a frame position; frames within the second are counted at the nominal rate. */
export function formatTimecode(frame: number, rate: FrameRate): string {
  const nominal = Math.round(rate.num / rate.den);
  const whole = Math.floor(frame / nominal);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(whole / 60)}:${pad(whole % 60)}.${pad(frame % nominal)}`;
}

/** Frames that a person typed: a time code `h:mm:ss.ff` or `m:ss.ff`, seconds with an `s`, else plain frames. Null when it is none. */
export function parseTimecode(text: string, rate: FrameRate): number | null {
  const nominal = Math.round(rate.num / rate.den);
  const code = /^(?:(\d+):)?(\d+):(\d{1,2})(?:[.:;](\d+))?$/.exec(text.trim());
  if (code !== null) return ((Number(code[1] ?? 0) * 60 + Number(code[2])) * 60 + Number(code[3])) * nominal + Number(code[4] ?? 0);
  const seconds = /^(\d*[.,]?\d+)\s*s$/i.exec(text.trim());
  if (seconds !== null) return Math.round((Number((seconds[1] ?? '').replace(',', '.')) * rate.num) / rate.den);
  const frames = /^(\d+)\s*f?$/i.exec(text.trim());
  return frames === null ? null : Number(frames[1]);
}
