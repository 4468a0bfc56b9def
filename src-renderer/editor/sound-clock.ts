/** Where the sound is that is heard now: pictures follow it, because an ear hears a gap where an eye misses a frame. */
export interface SoundClock {
  /** Takes note of a sound; `position` says which frame of the timeline it plays, and null while nothing is heard of it. Returns what ends it. */
  add(position: () => number | null): () => void;
  /** The frame that is heard, with its fraction, of the sound that came first; null in silence. */
  position(): number | null;
  /** Whether that sound leads. */
  isLeading(position: () => number | null): boolean;
}

export function createSoundClock(): SoundClock {
  const sounds = new Set<() => number | null>();
  const leading = (): (() => number | null) | null => {
    for (const sound of sounds) if (sound() !== null) return sound;
    return null;
  };
  return {
    add: (position) => {
      sounds.add(position);
      return () => sounds.delete(position);
    },
    position: () => leading()?.() ?? null,
    isLeading: (position) => {
      const leader = leading();
      return leader === null || leader === position;
    },
  };
}
