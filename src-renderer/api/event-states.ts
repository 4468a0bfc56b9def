import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { activeTake } from '../../src-shared/takes/take-of-event.ts';
import { eventState, type EventState } from '../editor/event-state.ts';
import { sceneWords } from '../../src-shared/build/scene-from-timeline.ts';
import { composePrompt, sequenceOf } from '../editor/timeline-edits.ts';
import { useJobs, useMotions, useTakes } from './queries.ts';
import { useScenePlan } from './scene-queries.ts';
import { useDocument, useSession } from './studio-context.tsx';

/** Whether an event's frames are current, or being made: kept true by the event stream. */
export function useEventState(event: PromptEvent): EventState {
  const preset = useSession((state) => state.scenePreset);
  const { plan } = useScenePlan(preset);
  const words = useDocument((state) => composePrompt(state.records, event));
  const told = useDocument((state) => sceneWords(sequenceOf(state.records).globalPrompt, event));
  const takes = useTakes();
  const jobs = useJobs();
  const { motions } = useMotions();
  return eventState({ event, words, sceneWords: told, scene: plan?.events.find(({ promptEventId }) => promptEventId === event.id)?.state ?? null, take: activeTake(takes, event), jobs, motions });
}
