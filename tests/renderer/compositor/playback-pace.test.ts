import { describe, expect, it } from 'vitest';
import { createPlaybackPace, type PlaybackQuality } from '../../../src-renderer/compositor/playback-pace.ts';

/** Plays `frames` frames of which every `every`th is seen. */
function play(quality: PlaybackQuality, { canvas = 1920, seen = 1920, frames = 60, every = 1 } = {}) {
  const pace = createPlaybackPace();
  pace.begin(quality, canvas, seen);
  const sizes = [pace.shrink];
  for (let frame = 0; frame < frames; frame += 1) {
    pace.travelled(frame);
    if (frame % every === 0) pace.shown();
    if (sizes.at(-1) !== pace.shrink) sizes.push(pace.shrink);
  }
  return sizes;
}

describe('the size of pictures while it plays', () => {
  it('is what was chosen, however slow it is', () => {
    expect(play('full', { every: 6 })).toEqual([1]);
    expect(play('half', { every: 6 })).toEqual([2]);
    expect(play('quarter')).toEqual([4]);
  });

  it('on Auto is no larger than what is seen of it', () => {
    expect(play('auto', { seen: 1920 })).toEqual([1]);
    expect(play('auto', { seen: 960 })).toEqual([2]);
    expect(play('auto', { seen: 961 })).toEqual([1]);
    expect(play('auto', { seen: 400 })).toEqual([4]);
    expect(play('auto', { canvas: 576, seen: 900 })).toEqual([1]);
  });

  it('on Auto becomes smaller where pictures do not keep up, and not again larger', () => {
    expect(play('auto', { every: 2, frames: 120 })).toEqual([1, 2, 4]);
    expect(play('auto', { every: 2, frames: 30 })).toEqual([1, 2]);
    expect(play('auto', { every: 1, frames: 500 })).toEqual([1]);
  });

  it('begins anew with each playback, and counts no leap as frames that were missed', () => {
    const pace = createPlaybackPace();
    pace.begin('auto', 1920, 1920);
    for (let frame = 0; frame < 60; frame += 1) pace.travelled(frame);
    expect(pace.shrink).toBe(4);
    pace.begin('auto', 1920, 1920);
    expect(pace.shrink).toBe(1);
    for (const frame of [0, 1000, 5, 2000, 7, 3000]) {
      pace.travelled(frame);
      pace.shown();
    }
    expect(pace.shrink).toBe(1);
  });
});
