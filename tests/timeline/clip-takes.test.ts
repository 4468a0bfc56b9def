import { describe, expect, it } from 'vitest';
import { beforeTake, showClipTake, takeCovers, timeInTake, withClipTake } from '../../src-shared/timeline/edits/clip-takes.ts';
import { Clip } from '../../src-shared/timeline/records/clip.ts';
import { clipRecord } from './sample-document.ts';

const RATE = { num: 8, den: 1 };
const seconds = (num: number, den = 1) => ({ num, den });
/** Seconds 2 to 4 of a minute of footage. */
const footage = clipRecord(1, 10, 16, { sourceIn: seconds(2) });

describe('takes of a clip', () => {
  it('a part that was made anew is shown at the same moments, and the footage can be chosen again', () => {
    const styled = withClipTake(footage, { assetId: 'asset:styled', start: seconds(3, 2), duration: seconds(3) });
    expect(Clip.parse(styled)).toEqual(styled);
    expect(styled).toMatchObject({ assetId: 'asset:styled', sourceIn: seconds(1, 2), sourceDuration: seconds(3), startFrame: 10, durationFrames: 16 });
    const before = beforeTake(styled)!;
    expect([before.assetId, timeInTake(styled, before, styled.sourceIn), takeCovers(styled, before, RATE)]).toEqual(['asset:1', seconds(2), true]);
    const back = showClipTake(styled, before);
    expect(back).toMatchObject({ assetId: 'asset:1', sourceIn: seconds(2), sourceDuration: seconds(60) });
    expect(beforeTake(back)).toBeNull();
    expect(showClipTake(back, styled.takes[1]!)).toEqual(styled);
  });

  it('a take of a take keeps its place in the footage', () => {
    const once = withClipTake(footage, { assetId: 'asset:once', start: seconds(2), duration: seconds(2) });
    const twice = withClipTake(once, { assetId: 'asset:twice', start: seconds(0), duration: seconds(2) });
    expect(twice.takes.map(({ assetId, source }) => [assetId, source?.start])).toEqual([['asset:1', seconds(0)], ['asset:once', seconds(2)], ['asset:twice', seconds(2)]]);
    expect(showClipTake(twice, twice.takes[0]!).sourceIn).toEqual(seconds(2));
  });

  it('a take that was made of less than the clip shows now does not cover it', () => {
    const styled = withClipTake(footage, { assetId: 'asset:styled', start: seconds(2), duration: seconds(2) });
    const longer = { ...showClipTake(styled, styled.takes[0]!), durationFrames: 24 };
    expect([takeCovers(longer, styled.takes[1]!, RATE), takeCovers(longer, styled.takes[0]!, RATE)]).toEqual([false, true]);
  });
});
