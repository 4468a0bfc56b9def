import { randomUUID } from 'node:crypto';
import type { FramesMessage } from '../engine/process/protocol.ts';

/** Frames of inspected clips, for a page to fetch by a token. Only the newest are kept: each look makes new ones. */
export interface ClipStrips {
  /** Keeps the frames and names them. */
  add(projectId: string, frames: FramesMessage): string;
  find(projectId: string, token: string): FramesMessage | null;
}

const KEPT = 16;

export function createClipStrips(): ClipStrips {
  const strips = new Map<string, { readonly projectId: string; readonly frames: FramesMessage }>();
  return {
    add(projectId, frames) {
      const token = randomUUID();
      strips.set(token, { projectId, frames });
      if (strips.size > KEPT) strips.delete(strips.keys().next().value!);
      return token;
    },
    find(projectId, token) {
      const strip = strips.get(token);
      return strip?.projectId === projectId ? strip.frames : null;
    },
  };
}
