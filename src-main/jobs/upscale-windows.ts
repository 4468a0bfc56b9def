import { blendShare } from '../engine/pipelines/upscale-window.ts';
import type { FramesMessage } from '../engine/process/protocol.ts';
import { WINDOW_OVERLAP, type UpscaleShape } from './upscale-plan.ts';

/** One window of a clip. */
export interface ClipWindow {
  readonly index: number;
  /** As many frames as the model takes; behind the clip's end its last frame is repeated. */
  readonly frames: FramesMessage;
  /** Frames of the clip among them. */
  readonly held: number;
  readonly isLast: boolean;
}

/** Cuts decoded frames into overlapping windows, from window `first` on. Holds no more than one window. */
export async function* clipWindows(
  decoded: AsyncIterable<Uint8Array>, size: { readonly width: number; readonly height: number }, { window, stride }: Pick<UpscaleShape, 'window' | 'stride'>, first: number,
): AsyncGenerator<ClipWindow> {
  const bytes = size.width * size.height * 3;
  let index = 0;
  let held: Uint8Array[] = [];
  const cut = (isLast: boolean): ClipWindow => {
    const data = new Uint8Array(window * bytes);
    for (let frame = 0; frame < window; frame += 1) data.set(held[Math.min(frame, held.length - 1)]!, frame * bytes);
    return { index, frames: { count: window, ...size, data }, held: Math.min(held.length, window), isLast };
  };
  for await (const frame of decoded) {
    // One frame beyond the window says that it is not the last one.
    if (held.length === window) {
      if (index >= first) yield cut(false);
      index += 1;
      held = held.slice(stride);
    }
    held.push(frame);
  }
  if (held.length > 0 && index >= first) yield cut(true);
}

/**
 * The finished frames of a window: those it shares with the window before come in gradually, so that no step shows; those it
 * shares with the next one are left to that. `before` are the enlarged frames that the window before left over.
 */
export function finishWindow({ held, isLast }: Pick<ClipWindow, 'held' | 'isLast'>, enlarged: FramesMessage, before: readonly Uint8Array[], stride: number): { readonly frames: readonly Uint8Array[]; readonly left: readonly Uint8Array[] } {
  const bytes = enlarged.width * enlarged.height * 3;
  const all = Array.from({ length: held }, (_, frame) => enlarged.data.slice(frame * bytes, (frame + 1) * bytes));
  for (const [frame, earlier] of before.entries()) {
    const share = blendShare(frame, WINDOW_OVERLAP);
    const later = all[frame];
    if (later === undefined) continue;
    for (let i = 0; i < bytes; i += 1) later[i] = Math.round(later[i]! * share + earlier[i]! * (1 - share));
  }
  return isLast ? { frames: all, left: [] } : { frames: all.slice(0, stride), left: all.slice(stride) };
}
