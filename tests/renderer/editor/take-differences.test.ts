import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Take } from '../../../src-shared/contract/takes.ts';
import type { Recipe } from '../../../src-shared/recipe/recipe.ts';
import { changedWords, takeDifferences } from '../../../src-renderer/editor/take-differences.ts';
import { sceneEvent, sceneRecipe } from '../../build/scene-fixture.ts';

const { scene: _scene, ...alone } = sceneRecipe([sceneEvent(0)]);
const take = (recipe: Partial<Recipe>, preset: Take['preset'] = 'draft'): Take => ({
  id: 'take:1', promptEventId: 'event0', recipe: { ...alone, ...recipe }, recipeHash: '', preset, starred: false, rating: 0, label: '', place: null, createdAt: '1',
  asset: { id: 'asset:1', kind: 'video', name: '', mimeType: 'video/mp4', sha256: '', sizeBytes: 1, createdAt: '1', origin: 'generated', width: 64, height: 40, frames: 8, frameRate: { num: 2, den: 1 }, durationMs: 4000, hasAudio: false, hasThumbnail: false, filmstrip: null, hasWaveform: false, hasProxy: false, stage: null, recipe: null },
});

describe('what changed between two takes', () => {
  it('tells words that went and came, and keeps the rest', () => {
    expect(changedWords('a red fish swims left', 'a blue fish swims')).toEqual([
      { kind: 'same', words: 'a' }, { kind: 'gone', words: 'red' }, { kind: 'new', words: 'blue' }, { kind: 'same', words: 'fish swims' }, { kind: 'gone', words: 'left' },
    ]);
    expect(changedWords('', 'a fish')).toEqual([{ kind: 'new', words: 'a fish' }]);
  });

  it('always leads from the one prompt to the other', () => {
    const words = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 }).map((all) => all.join(' '));
    fc.assert(fc.property(words, words, (before, after) => {
      const stretches = changedWords(before, after);
      const without = (kind: string) => stretches.filter((stretch) => stretch.kind !== kind).map((stretch) => stretch.words).join(' ');
      expect([without('new'), without('gone')]).toEqual([before, after]);
    }));
  });

  it('tells seed, strength, quality, model and motions, and nothing that is alike', () => {
    const same = { words: null, negativeWords: null, seeds: null, strengths: null, presets: null, models: null, motionsDiffer: false };
    expect(takeDifferences(take({}), take({}))).toEqual(same);
    const motions = [{ sha256: 'b'.repeat(64), strength: 1, noiseMix: 1 }];
    expect(takeDifferences(take({ seed: 1 }), take({ seed: 2, emphasis: { strength: 0.4, against: '' }, motions, pack: { ...alone.pack, version: '2' } }, 'final')))
      .toEqual({ ...same, seeds: [1, 2], strengths: [1, 0.4], presets: ['draft', 'final'], models: ['motif-mini 1', 'motif-mini 2'], motionsDiffer: true });
  });

  it('reads an event’s own words and seed out of a scene', () => {
    const variation = (more: Parameters<typeof sceneEvent>[1]) => take({ seed: 7, scene: { globalPrompt: '', events: [sceneEvent(0, more)] } });
    expect(takeDifferences(variation({ seedOffset: 1, strength: 0.5 }), variation({ seedOffset: 3 }))).toMatchObject({ words: null, seeds: [8, 10], strengths: [0.5, 1] });
  });
});
