import type { PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { endFrame } from '../../src-shared/timeline/records/span.ts';

/** What of an event only a scene can make: a clip of the event alone is one window of the model, begins from noise and knows no lanes but its own. */
export interface SceneNeeds {
  /** It lasts longer than one window. */
  readonly length: boolean;
  /** Pictures are pinned to its edges, or lead its look. */
  readonly images: boolean;
  /** Motions of the motion lane reach into it. */
  readonly motions: boolean;
}

/** `clipFrames`: frames of a clip of one event. */
export function sceneNeeds(records: TimelineRecords, event: PromptEvent, clipFrames: number): SceneNeeds {
  const others = Object.values(records);
  return {
    length: event.durationFrames > clipFrames,
    images: others.some((record) => record.type === 'keyframeImage' && record.promptEventId === event.id && record.strength > 0),
    motions: others.some((record) => record.type === 'motion' && record.startFrame < endFrame(event) && endFrame(record) > event.startFrame),
  };
}

export const needsScene = ({ length, images, motions }: SceneNeeds): boolean => length || images || motions;
