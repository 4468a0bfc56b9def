import type { ModelPack } from '../../src-shared/contract/models.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { Preset } from '../../src-shared/recipe/recipe.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { trackById } from '../../src-shared/timeline/tracks.ts';
import { t } from '../i18n/text.ts';
import { currentEvent, projectKeys, type Editor } from './editor.ts';
import { takesOf } from '../../src-shared/takes/take-of-event.ts';
import { choicesOfRecipe, isMadeWith, motionChoices, motionsOf } from './event-motions.ts';
import { seedFor, seedOf, strengthOf, wordsAgain, wordsOfEvent } from './event-recipe.ts';
import { notify, notifyError } from './notices.ts';
import { addEvent, eventById, patchEvent } from './timeline-edits.ts';

/** Show-1's clip length in frames; the pack's own is used where it is known. */
const CLIP_FRAMES = 29;

/** A seed nobody chose. It only picks a starting point; the frames come from the engine's own seeded streams. */
export const freshSeed = (): number => crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;

/** The pack that new generations use: the first one that works. */
export const currentPack = (packs: readonly ModelPack[]): ModelPack | null => packs.find((pack) => pack.problem === null) ?? null;

export const clipFrames = (editor: Pick<Editor, 'packs'>): number => currentPack(editor.packs())?.output.frames ?? CLIP_FRAMES;

/** Show-1's in-between frames: a keyframe every fourth frame. */
const KEYFRAME_STRIDE = 4;

/** Frames from one keyframe of a scene to the next. */
export function keyframeStride(editor: Pick<Editor, 'packs'>): number {
  const output = currentPack(editor.packs())?.output;
  return output === undefined || output.keyframes < 2 ? KEYFRAME_STRIDE : Math.max(1, Math.round((output.frames - 1) / (output.keyframes - 1)));
}

/** The `packId` of a request; left out while the packs are not known, so that the host takes its own. */
export const packChoice = (packs: readonly ModelPack[]): { packId?: string } => {
  const pack = currentPack(packs);
  return pack === null ? {} : { packId: pack.id };
};

/** Settings for a new event: those of the event one works on, so that a scene keeps its look. */
export function newEventDraft(editor: Pick<Editor, 'document' | 'session'>, prompt = ''): Pick<PromptEvent, 'prompt' | 'negativePrompt' | 'seed' | 'seedLocked' | 'preset'> {
  const near = currentEvent(editor);
  return { prompt, negativePrompt: near?.negativePrompt ?? '', seed: near?.seedLocked ? near.seed : freshSeed(), seedLocked: near?.seedLocked ?? false, preset: near?.preset ?? 'draft' };
}

/** Adds an event at the playhead (or `frame`), selects it and puts the cursor into its prompt. Returns its id. */
export function createEvent(editor: Editor, input: { frame?: number; prompt?: string; durationFrames?: number; focusPrompt?: boolean } = {}): string {
  const id = `promptEvent:${crypto.randomUUID()}`;
  const frame = input.frame ?? (editor.session.getState().viewerSource.kind === 'timeline' ? editor.session.getState().playhead : 0);
  const draft = newEventDraft(editor, input.prompt);
  editor.document.transact(t('edit.addEvent'), (records) => addEvent(records, { id, frame, durationFrames: input.durationFrames ?? clipFrames(editor), draft }));
  const event = eventById(editor.document.getState().records, id);
  editor.session.setState((session) => ({
    selectedIds: [id],
    viewerSource: { kind: 'timeline' },
    playhead: event?.startFrame ?? session.playhead,
    shuttle: 0,
    promptFocusRequest: input.focusPrompt === false ? session.promptFocusRequest : session.promptFocusRequest + 1,
  }));
  return id;
}

const EXAMPLE_SCENE = ['prompt.scene.1', 'prompt.scene.2', 'prompt.scene.3'] as const;

/** Three events behind each other that show what a scene is; the first one is selected. */
export function addExampleScene(editor: Editor): void {
  const frames = clipFrames(editor);
  const ids = EXAMPLE_SCENE.map(() => `promptEvent:${crypto.randomUUID()}`);
  editor.document.transact(t('edit.addExample'), (records) =>
    EXAMPLE_SCENE.reduce((current, key, index) => addEvent(current, { id: ids[index] ?? '', frame: index * frames, durationFrames: frames, draft: { prompt: t(key), negativePrompt: '', seed: freshSeed(), seedLocked: false, preset: 'draft' } }), records),
  );
  editor.session.setState({ selectedIds: ids.slice(0, 1), playhead: 0 });
}

/** Why an event cannot be generated, in words for the field concerned; null when it can. */
export function promptProblem(prompt: string): string | null {
  return prompt.trim() === '' ? t('prompt.empty') : null;
}

/** The quality that Generate makes: with fast previews a draft, which is finished in the event's own quality once it pleases. */
export const presetToMake = (fastPreview: boolean, wanted: Preset): Preset => (fastPreview ? 'draft' : wanted);

/** The quality in which a draft of an event is finished: its own, or the next one where that is the draft's. */
export const presetToFinish = (wanted: Preset): Exclude<Preset, 'draft'> => (wanted === 'draft' ? 'standard' : wanted);

/**
 * Queues a generation of `event`. An unlocked seed that was already asked for with the same settings is rolled first, so that
 * pressing Generate again gives another take rather than the same one.
 */
export async function generateEvent(editor: Editor, event: PromptEvent, options: { front: boolean; preset?: Preset }): Promise<void> {
  const preset = options.preset ?? presetToMake(editor.session.getState().fastPreview, event.preset);
  const { records } = editor.document.getState();
  const words = wordsOfEvent(records, event);
  const problem = promptProblem(event.prompt);
  if (problem !== null) {
    editor.session.setState((session) => ({ selectedIds: [event.id], promptFocusRequest: session.promptFocusRequest + 1 }));
    return;
  }
  const gone = motionsOf(event).filter(({ motionId }) => !editor.motions().some(({ id }) => id === motionId));
  if (gone.length > 0) {
    editor.session.setState({ selectedIds: [event.id], rightOpen: true });
    notify('error', t('motions.goneFromEvent'));
    return;
  }
  const motions = motionChoices(event);
  const wishFor = (seed: number) => JSON.stringify([event.id, words, seed, preset, motions]);
  const wanted = seedOf(event);
  const used = editor.startedWishes.has(wishFor(wanted)) || takesOf(editor.takes(), event.id).some((take) => take.recipe.seed === wanted && take.preset === preset && take.recipe.prompt === words.prompt && strengthOf(take.recipe) === event.strength && isMadeWith(take.recipe, event, editor.motions()));
  const seed = used && !event.seedLocked ? freshSeed() : wanted;
  editor.startedWishes.add(wishFor(seed));
  // A locked event keeps the seed that it says; this generation still gets another one.
  if (seed !== wanted && trackById(records, event.trackId)?.locked !== true) editor.document.transact(t('edit.seed'), (before) => patchEvent(before, event.id, { seed: seedFor(seed, event) }));
  try {
    await editor.document.flush();
    await editor.client.generation.start({ projectId: editor.project.id, ...words, seed, preset, motions, ...packChoice(editor.packs()), promptEventId: event.id, front: options.front });
    editor.session.setState({ viewerSource: { kind: 'timeline' }, shuttle: 0, playhead: event.startFrame });
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.jobs(editor.project.id) });
  } catch (caught) {
    notifyError(StudioError.from(caught));
  }
}

/** Queues the better preset of a take's own prompt and seed: the draft's keyframes are reused where its settings allow. */
export async function finishTake(editor: Editor, take: Take, preset: Preset): Promise<void> {
  const event = eventById(editor.document.getState().records, take.promptEventId);
  const motions = choicesOfRecipe(take.recipe, editor.motions());
  if (motions === null) {
    notify('error', t('motions.goneFromTake'));
    return;
  }
  try {
    await editor.document.flush();
    await editor.client.generation.start({ projectId: editor.project.id, ...wordsAgain(take.recipe), seed: take.recipe.seed, preset, motions, packId: take.recipe.pack.id, promptEventId: take.promptEventId, front: true });
    editor.session.setState({ viewerSource: { kind: 'timeline' }, shuttle: 0, ...(event ? { playhead: event.startFrame } : {}) });
    void editor.queryClient.invalidateQueries({ queryKey: projectKeys.jobs(editor.project.id) });
  } catch (caught) {
    notifyError(StudioError.from(caught));
  }
}

/** Removes records from the timeline and offers to take it back. */
export function deleteRecords(editor: Editor, ids: readonly string[], label: string, edit: Parameters<Editor['document']['edit']>[1]): void {
  editor.document.edit(label, edit);
  editor.session.setState((session) => ({ selectedIds: session.selectedIds.filter((id) => !ids.includes(id)) }));
  notify('info', label, { label: t('action.undo'), run: () => void editor.document.undo() });
}
