import type { Asset } from '../../src-shared/contract/assets.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import { framesToSeconds, secondsToFrame, type FrameRate } from '../../src-shared/timing/frame-rate.ts';
import type { Editor } from './editor.ts';
import type { Comparison } from './session-store.ts';

/** Shows two takes against each other, from their beginning. */
export function compareTakes(editor: Pick<Editor, 'session'>, a: Take, b: Take, mode: Comparison['mode'] = 'wipe', blind = false): void {
  editor.session.setState({ viewerSource: { kind: 'asset', assetId: a.asset.id }, comparison: { a: a.id, b: b.id, mode, blind }, playhead: 0, shuttle: 0 });
}

/** The same two without their names, on sides that nobody chose; `chance` in [0, 1). */
export function compareBlindly(editor: Pick<Editor, 'session'>, a: Take, b: Take, mode: Comparison['mode'], chance: number): void {
  if (chance < 0.5) compareTakes(editor, a, b, mode, true);
  else compareTakes(editor, b, a, mode, true);
}

export function leaveComparison(editor: Pick<Editor, 'session'>): void {
  editor.session.setState({ comparison: null, viewerSource: { kind: 'timeline' }, playhead: 0, shuttle: 0 });
}

/** The frame of `asset` at the time of a frame of another rate; its last one where it has ended. */
export function frameAtEqualTime(frame: number, rate: FrameRate, asset: Pick<Asset, 'frames' | 'frameRate'>): number {
  const own = asset.frameRate ?? rate;
  return Math.min(Math.max(0, (asset.frames ?? 1) - 1), secondsToFrame(framesToSeconds(frame, rate), own));
}
