import { useMemo } from 'react';
import type { ScenePlan } from '../../src-shared/contract/scenes.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import { sceneWords } from '../../src-shared/build/scene-from-timeline.ts';
import { activeTake } from '../../src-shared/takes/take-of-event.ts';
import type { PromptEvent, TimelineRecords } from '../../src-shared/timeline/document.ts';
import { eventState, type EventState } from '../editor/event-state.ts';
import { composePrompt, sequenceOf } from '../editor/timeline-edits.ts';
import { useJobs, useMotions, useTakes } from './queries.ts';
import { useScenePlan } from './scene-queries.ts';
import { useDocument, useSession } from './studio-context.tsx';

/** What the state of any event hangs on. */
type Situation = Pick<Parameters<typeof eventState>[0], 'jobs' | 'motions'> & { readonly records: TimelineRecords; readonly plan: ScenePlan | null; readonly takes: readonly Take[] };

/** Works each event's state out when it is first asked for. */
function tellerOf({ records, plan, takes, jobs, motions }: Situation): (event: PromptEvent) => EventState {
  const { globalPrompt } = sequenceOf(records);
  const scene = new Map(plan?.events.map(({ promptEventId, state }) => [promptEventId, state]));
  const known = new WeakMap<PromptEvent, EventState>();
  return (event) => {
    const before = known.get(event);
    if (before !== undefined) return before;
    const state = eventState({ event, words: composePrompt(records, event), sceneWords: sceneWords(globalPrompt, event), scene: scene.get(event.id) ?? null, take: activeTake(takes, event), jobs, motions });
    known.set(event, state);
    return state;
  };
}

/**
 * Tells whether the frames of an event are current, or being made: kept true by the event stream. What it hangs on is asked once for all
 * of them, and each is worked out when it is first looked at: a film has hundreds, of which a step of a zoom shows a few more.
 */
export function useEventStates(): (event: PromptEvent) => EventState {
  const preset = useSession((state) => state.scenePreset);
  const { plan } = useScenePlan(preset);
  const records = useDocument((state) => state.records);
  const takes = useTakes();
  const jobs = useJobs();
  const { motions } = useMotions();
  return useMemo(() => tellerOf({ records, plan, takes, jobs, motions }), [records, plan, takes, jobs, motions]);
}
