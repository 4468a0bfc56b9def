import { useMemo } from 'react';
import { sceneWords } from '../../src-shared/build/scene-from-timeline.ts';
import { activeTake } from '../../src-shared/takes/take-of-event.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { eventState, type EventState } from '../editor/event-state.ts';
import { composePrompt, sequenceOf } from '../editor/timeline-edits.ts';
import { useJobs, useMotions, useTakes } from './queries.ts';
import { useScenePlan } from './scene-queries.ts';
import { useDocument, useSession } from './studio-context.tsx';

/**
 * Whether the frames of events are current, or being made, by the events' ids: kept true by the event stream. Asked once for all of
 * them: a film has hundreds, and each edit changes what is to be asked.
 */
export function useEventStates(events: readonly PromptEvent[]): ReadonlyMap<string, EventState> {
  const preset = useSession((state) => state.scenePreset);
  const { plan } = useScenePlan(preset);
  const records = useDocument((state) => state.records);
  const takes = useTakes();
  const jobs = useJobs();
  const { motions } = useMotions();
  return useMemo(() => {
    const { globalPrompt } = sequenceOf(records);
    const scene = new Map(plan?.events.map(({ promptEventId, state }) => [promptEventId, state]));
    return new Map(events.map((event) => [event.id, eventState({
      event, words: composePrompt(records, event), sceneWords: sceneWords(globalPrompt, event), scene: scene.get(event.id) ?? null, take: activeTake(takes, event), jobs, motions,
    })]));
  }, [events, records, plan, takes, jobs, motions]);
}
