import { expect, it } from 'vitest';
import { needsScene, sceneNeeds } from '../../../src-renderer/editor/scene-needs.ts';
import type { TimelineRecord } from '../../../src-shared/timeline/document.ts';
import { documentOf, eventRecord, imageRecord } from '../../timeline/sample-document.ts';

it('knows what a clip of one event cannot hold', () => {
  const event = eventRecord(1, 8, 29);
  const needs = (...more: TimelineRecord[]) => sceneNeeds(documentOf(event, ...more), event, 29);
  expect(needs()).toEqual({ length: false, images: false, motions: false });
  expect(needsScene(needs())).toBe(false);
  expect(sceneNeeds(documentOf(event), { ...event, durationFrames: 30 }, 29)).toEqual({ length: true, images: false, motions: false });
  // Pictures of its edges and of its look count, those of other events do not.
  expect([needs(imageRecord(1, event.id, 'end')).images, needs(imageRecord(1, event.id, 'reference')).images, needs(imageRecord(1, eventRecord(2, 40, 8).id)).images]).toEqual([true, true, false]);
  expect(needs({ ...imageRecord(1, event.id), strength: 0 }).images).toBe(false);
  const motion = (startFrame: number) => ({ id: 'motion:00000000-0000-4000-8000-000000000001', type: 'motion' as const, trackId: 'track:motion', motionId: 'asset:m', startFrame, durationFrames: 8, strength: 1 });
  expect([needs(motion(0)).motions, needs(motion(1)).motions, needs(motion(36)).motions, needs(motion(37)).motions]).toEqual([false, true, true, false]);
  expect(needsScene(needs(motion(1)))).toBe(true);
});
