import type { Take } from '../../src-shared/contract/takes.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { t } from '../i18n/text.ts';
import { projectKeys, type Editor } from './editor.ts';
import { choicesOfRecipe } from './event-motions.ts';
import { seedFor, strengthOf, wordsOfRecipe } from './event-recipe.ts';
import { freshSeed } from './generate.ts';
import { notify, notifyError } from './notices.ts';
import { eventById, patchEvent } from './timeline-edits.ts';
import { eventOfVariation } from './variations.ts';

const eventOf = (editor: Editor, take: Take) => eventById(editor.document.getState().records, take.promptEventId);

/** What tells a take from its neighbours: its seed, or what it varies in a scene. */
export function takeName({ recipe, promptEventId, preset }: Take): string {
  const told = recipe.scene?.events.find(({ id }) => id === promptEventId);
  const name =
    recipe.scene === undefined ? t('take.seed', { seed: recipe.seed })
    : told === undefined ? t('take.scene')
    : told.strength !== 1 ? t('vary.strengthOf', { percent: Math.round(told.strength * 100) })
    // Four digits tell offsets apart well enough for the eye.
    : t('take.variation', { offset: told.seedOffset % 10_000 });
  return `${name} · ${t(`preset.${preset}`)}`;
}

/** Makes a whole scene stand for all of its events that are still there, in one edit. */
function chooseScene(editor: Editor, take: Take): void {
  const events = (take.recipe.scene?.events ?? []).flatMap(({ id }) => eventById(editor.document.getState().records, id) ?? []);
  if (events.length === 0) return;
  editor.document.transact(t('edit.useTake'), (records) => events.reduce((changed, { id }) => patchEvent(changed, id, { activeTakeId: take.id }), records));
  editor.session.setState({ viewerSource: { kind: 'timeline' } });
}

/** Makes a take stand for its event: an edit like any other, so it can be undone. A whole scene stands for all of its events, unless one is named. */
export function chooseTake(editor: Editor, take: Take, event: PromptEvent | null = eventOf(editor, take)): void {
  if (!event) {
    if (take.promptEventId === null) chooseScene(editor, take);
    return;
  }
  // A variation inside a scene is used with what made it, so that the scene shows it too.
  editor.document.transact(t('edit.useTake'), (records) => patchEvent(records, event.id, eventOfVariation(take, event) ?? { activeTakeId: take.id }));
  editor.session.setState(({ playhead }) => ({
    viewerSource: { kind: 'timeline' },
    // Compare at equal playhead while it is inside the event.
    playhead: playhead >= event.startFrame && playhead < event.startFrame + event.durationFrames ? playhead : event.startFrame,
  }));
}

type Marks = Partial<Pick<Take, 'starred' | 'rating' | 'label'>>;

/** Shows marks at once; they go back when the host does not take them. */
async function mark(editor: Editor, take: Take, marks: Marks, send: () => Promise<unknown>): Promise<void> {
  const show = (patch: Marks) => editor.queryClient.setQueryData<Take[]>(projectKeys.takes(editor.project.id), (takes) => (takes ?? []).map((other) => (other.id === take.id ? { ...other, ...patch } : other)));
  show(marks);
  try {
    await send();
  } catch (caught) {
    const { starred, rating, label } = take;
    show({ starred, rating, label });
    notifyError(caught);
  }
}

export const toggleStar = (editor: Editor, take: Take): Promise<void> =>
  mark(editor, take, { starred: !take.starred }, () => editor.client.takes.star({ projectId: editor.project.id, takeId: take.id, starred: !take.starred }));

/** Marks out of five; 0 takes them back. */
export const rateTake = (editor: Editor, take: Take, rating: number): Promise<void> =>
  mark(editor, take, { rating }, () => editor.client.takes.mark({ projectId: editor.project.id, takeId: take.id, rating }));

export const labelTake = (editor: Editor, take: Take, label: string): Promise<void> =>
  mark(editor, take, { label: label.trim() }, () => editor.client.takes.mark({ projectId: editor.project.id, takeId: take.id, label: label.trim() }));

/** Keeps an order of an event's takes, best first. */
export async function keepOrder(editor: Editor, takeIds: readonly string[]): Promise<void> {
  await editor.client.takes.rank({ projectId: editor.project.id, takeIds: [...takeIds] });
  await editor.queryClient.invalidateQueries({ queryKey: projectKeys.takes(editor.project.id) });
}

export function recallSeed(editor: Editor, take: Take): void {
  const event = eventOf(editor, take);
  if (!event) return;
  const told = take.recipe.scene?.events.find(({ id }) => id === event.id);
  editor.document.transact(t('edit.recallSeed'), (records) => patchEvent(records, event.id, told === undefined ? { seed: seedFor(take.recipe.seed, event), seedLocked: true } : { seedOffset: told.seedOffset }));
}

export function recallPrompt(editor: Editor, take: Take): void {
  const event = eventOf(editor, take);
  if (event) editor.document.transact(t('edit.recallPrompt'), (records) => patchEvent(records, event.id, wordsOfRecipe(records, event, take.recipe)));
}

/** Everything a take was made with, as its event has to say it; null when one of its motions is gone, which is told. */
function settingsOf(editor: Editor, take: Take, event: PromptEvent): Partial<PromptEvent> | null {
  const variation = eventOfVariation(take, event);
  if (variation !== null) {
    const { activeTakeId: _, ...settings } = variation;
    return settings;
  }
  const motions = choicesOfRecipe(take.recipe, editor.motions());
  if (motions === null) {
    notify('error', t('motions.goneFromTake'));
    return null;
  }
  return { ...wordsOfRecipe(editor.document.getState().records, event, take.recipe), strength: strengthOf(take.recipe), preset: take.preset, motions };
}

/** Brings words, their strength, seed, quality and motions of a take back to its event. */
export function recallAll(editor: Editor, take: Take): void {
  const event = eventOf(editor, take);
  const settings = event && settingsOf(editor, take, event);
  if (!event || !settings) return;
  const seed = take.recipe.scene === undefined ? { seed: seedFor(take.recipe.seed, event), seedLocked: true } : {};
  editor.document.transact(t('edit.recallAll'), (records) => patchEvent(records, event.id, { ...settings, ...seed }));
}

/** Everything of a take but its seed: the next generation is another take of the same kind. */
export function remix(editor: Editor, take: Take): void {
  const event = eventOf(editor, take);
  const settings = event && settingsOf(editor, take, event);
  if (event && settings) editor.document.transact(t('edit.remix'), (records) => patchEvent(records, event.id, { ...settings, seed: freshSeed(), seedLocked: false }));
}

/** Shows in the inspector how a take was made; its event stays selected behind it. */
export function showRecipe(editor: Editor, take: Take): void {
  editor.session.setState({ selectedIds: [take.id, ...(take.promptEventId === null ? [] : [take.promptEventId])], rightOpen: true });
}

/** How long a removed take can be taken back; only then the host is told. */
const GRACE_MS = 6000;

/** Takes that disappear from the window and are removed on the host once the time to take it back is over. */
export function removeTake(editor: Editor, take: Take): void {
  const key = projectKeys.takes(editor.project.id);
  let isKept = false;
  editor.removedTakes.add(take.id);
  const refresh = () => void editor.queryClient.invalidateQueries({ queryKey: key });
  refresh();
  editor.session.setState(({ selectedIds }) => ({ selectedIds: selectedIds.filter((id) => id !== take.id) }));
  notify('info', t('take.deleted'), {
    label: t('action.undo'),
    run: () => {
      isKept = true;
      editor.removedTakes.delete(take.id);
      refresh();
    },
  });
  setTimeout(() => {
    if (isKept) return;
    void editor.client.takes.remove({ projectId: editor.project.id, takeId: take.id }).catch((caught: unknown) => {
      editor.removedTakes.delete(take.id);
      notifyError(caught);
    }).finally(refresh);
  }, GRACE_MS);
}
