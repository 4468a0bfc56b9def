import { expect, it } from 'vitest';
import { applyDiff } from '../../src-shared/timeline/diff.ts';
import { replaceSource } from '../../src-shared/timeline/edits/replace-source.ts';
import { timelineProblems } from '../../src-shared/timeline/problems.ts';
import { rational } from '../../src-shared/timing/rational.ts';
import { clipRecord, documentOf } from './sample-document.ts';

it('shows another source from its beginning, no longer than it lasts', () => {
  const clip = clipRecord(1, 8, 32, { sourceIn: rational(4), speed: rational(2), crossfadeInFrames: 20, crossfadeOutFrames: 12, opacity: 0.5 });
  const replace = (sourceDuration: ReturnType<typeof rational> | null) => {
    const records = applyDiff(documentOf(clip), replaceSource(documentOf(clip), { id: clip.id, assetId: 'asset:9', sourceDuration }));
    expect(timelineProblems(records)).toEqual([]);
    return records[clip.id];
  };
  expect(replace(rational(60))).toEqual({ ...clip, assetId: 'asset:9', sourceIn: rational(0) });
  // Five seconds at double speed last two and a half: 20 frames at 8 a second.
  expect(replace(rational(5))).toMatchObject({ startFrame: 8, durationFrames: 20, crossfadeInFrames: 20, crossfadeOutFrames: 0, opacity: 0.5 });
  expect(replace(null)).toMatchObject({ durationFrames: 32, sourceDuration: null });
});
