import type { Take } from '../../src-shared/contract/takes.ts';
import { promptEventsOf } from '../../src-shared/build/scene-from-timeline.ts';
import { activeTake, takesOf, wholeScenes } from '../../src-shared/takes/take-of-event.ts';
import type { Action } from './actions.ts';
import { compareTakes, leaveComparison } from './compare-takes.ts';
import { currentEvent, type Editor } from './editor.ts';
import { finishTake, presetToFinish } from './generate.ts';
import { eventById } from './timeline-edits.ts';
import { rateTake, recallAll, recallPrompt, recallSeed, remix, showRecipe, toggleStar } from './take-commands.ts';

/** The take whose card has the keyboard focus. */
function focusedTake(editor: Editor): Take | null {
  const id = typeof document === 'undefined' ? undefined : document.activeElement?.closest<HTMLElement>('[data-take]')?.dataset['take'];
  return editor.takes().find((take) => take.id === id) ?? null;
}

/** The take that take actions mean: the one with the focus, the selected one, else the one that stands for the current event. */
export function currentTake(editor: Editor): Take | null {
  const selected = editor.session.getState().selectedIds.find((id) => id.startsWith('take:'));
  const event = currentEvent(editor);
  return focusedTake(editor) ?? editor.takes().find((take) => take.id === selected) ?? (event ? activeTake(editor.takes(), event) : null);
}

/** Whose takes are held against each other: those of an event, or whole scenes; a whole scene has no moment in common with a clip of one event. */
interface Family {
  readonly eventId: string | null;
  readonly takes: readonly Take[];
}

/** Takes of the current event, or whole scenes: where one is meant, or where the event has nothing to compare. */
function familyOf(editor: Editor): Family {
  const all = editor.takes();
  const selected = editor.session.getState().selectedIds;
  const meant = focusedTake(editor) ?? all.find(({ id }) => selected.includes(id)) ?? null;
  const event = currentEvent(editor);
  const own = event === null ? [] : takesOf(all, event.id);
  const isScene = meant !== null && meant.promptEventId === null && meant.recipe.scene !== undefined;
  return isScene || own.length < 2 ? { eventId: null, takes: wholeScenes(all) } : { eventId: event?.id ?? null, takes: own };
}

/** The take in use and the one that it would be compared with: the selected one, else the newest other. */
function comparable(editor: Editor): readonly [Take, Take] | null {
  const { takes } = familyOf(editor);
  const event = currentEvent(editor) ?? promptEventsOf(editor.document.getState().records)[0] ?? null;
  const active = event === null ? null : activeTake(editor.takes(), event);
  const used = takes.find(({ id }) => id === active?.id) ?? takes[0];
  if (used === undefined) return null;
  const others = takes.filter(({ id }) => id !== used.id);
  const other = others.find(({ id }) => editor.session.getState().selectedIds.includes(id)) ?? others[0];
  return other === undefined ? null : [used, other];
}

function toggleComparison(editor: Editor): void {
  const { comparison } = editor.session.getState();
  const takes = comparable(editor);
  if (comparison !== null) leaveComparison(editor);
  else if (takes !== null) compareTakes(editor, ...takes);
}

const editable = (editor: Editor) => !editor.project.readOnly;
const isPlain = (take: Take | null): take is Take => take !== null && take.recipe.scene === undefined;
const withTake = (run: (editor: Editor, take: Take) => void) => (editor: Editor) => {
  const take = currentTake(editor);
  if (take) run(editor, take);
};
/** Something that is brought back from a take to the event that it belongs to. */
const canRecall = (editor: Editor) => editable(editor) && (currentTake(editor)?.promptEventId ?? null) !== null;
const canRecallWords = (editor: Editor) => canRecall(editor) && isPlain(currentTake(editor));

/** Takes that can be held against each other: clips of an event alone, or whole scenes where none is named. */
export const rankable = (takes: readonly Take[], eventId: string | null): readonly Take[] => (eventId === null ? wholeScenes(takes) : takesOf(takes, eventId)).filter(({ asset }) => asset.kind === 'video');

const openRanking = (editor: Editor): void => editor.session.setState({ dialog: { kind: 'rank', eventId: familyOf(editor).eventId }, shuttle: 0 });

const RATINGS = ['takeKeys.rate0', 'takeKeys.rate1', 'takeKeys.rate2', 'takeKeys.rate3', 'takeKeys.rate4', 'takeKeys.rate5'] as const;

/** Everything about takes, for the registry of all actions. Digits with Alt mean the take that has the focus, and panes elsewhere. */
export const TAKE_ACTIONS: readonly Action[] = [
  { id: 'compareTakes', label: 'compare.action', group: 'takes', shortcuts: ['Shift+C'], isEnabled: (editor) => comparable(editor) !== null, run: toggleComparison },
  { id: 'starTake', label: 'action.starTake', group: 'takes', shortcuts: ['*'], isEnabled: (editor) => currentTake(editor) !== null, run: withTake((editor, take) => void toggleStar(editor, take)) },
  { id: 'rankTakes', label: 'rank.action', group: 'takes', shortcuts: ['Shift+P'], isEnabled: (editor) => editable(editor) && rankable(editor.takes(), familyOf(editor).eventId).length > 1, run: openRanking },
  { id: 'finishTake', label: 'action.finishTake', group: 'takes', shortcuts: ['Shift+F'], isEnabled: (editor) => editable(editor) && isPlain(currentTake(editor)) && currentTake(editor)?.preset === 'draft', run: withTake((editor, take) => void finishTake(editor, take, presetToFinish(eventById(editor.document.getState().records, take.promptEventId)?.preset ?? 'draft'))) },
  { id: 'takeRecipe', label: 'takeKeys.recipe', group: 'takes', scope: 'take', shortcuts: ['Alt+1'], isEnabled: (editor) => currentTake(editor) !== null, run: withTake(showRecipe) },
  { id: 'recallAll', label: 'takeKeys.recallAll', group: 'takes', scope: 'take', shortcuts: ['Alt+2'], isEnabled: canRecall, run: withTake(recallAll) },
  { id: 'recallSeed', label: 'takeKeys.recallSeed', group: 'takes', scope: 'take', shortcuts: ['Alt+3'], isEnabled: canRecall, run: withTake(recallSeed) },
  { id: 'recallPrompt', label: 'takeKeys.recallPrompt', group: 'takes', scope: 'take', shortcuts: ['Alt+4'], isEnabled: canRecallWords, run: withTake(recallPrompt) },
  { id: 'remixTake', label: 'takeKeys.remix', group: 'takes', scope: 'take', shortcuts: ['Alt+5'], isEnabled: canRecallWords, run: withTake(remix) },
  ...RATINGS.map((label, rating): Action => ({ id: `rateTake${rating}`, label, group: 'takes', scope: 'take', shortcuts: [String(rating)], isEnabled: (editor) => editable(editor) && currentTake(editor) !== null, run: withTake((editor, take) => void rateTake(editor, take, rating)) })),
];
