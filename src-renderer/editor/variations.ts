import type { Variant } from '../../src-shared/contract/scenes.ts';
import { sceneWords } from '../../src-shared/build/scene-from-timeline.ts';
import type { SceneScript } from '../../src-shared/recipe/scene-script.ts';
import type { Take } from '../../src-shared/contract/takes.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { t } from '../i18n/text.ts';
import { projectKeys, type Editor } from './editor.ts';
import { freshSeed, packChoice } from './generate.ts';
import { ownWords } from './restore-recipe.ts';
import { notify, notifyError } from './notices.ts';
import { patchEvent } from './timeline-edits.ts';

/** What differs from cell to cell of a grid. */
export type VariedBy = 'seed' | 'strength' | 'motion' | 'words';

/** Strength at which words, or a motion, are strongest. */
const MOST = 1.5;

/** As the timeline says. */
const SAME: Variant = { seedOffset: null, strength: null, motionStrength: null, prompt: null };

/** Most variants of one grid. */
export const MAX_VARIANTS = 16;

/** One variant for each wording, one a line. */
export const variantsOfWords = (lines: string): Variant[] => [...new Set(lines.split('\n').map((line) => line.trim()))].filter((prompt) => prompt !== '').slice(0, MAX_VARIANTS).map((prompt) => ({ ...SAME, prompt }));

/** `count` variants of an event. Seeds are drawn afresh; strengths lie evenly between barely and as strong as it goes. */
export function makeVariants(by: Exclude<VariedBy, 'words'>, count: number, draw: () => number = freshSeed): Variant[] {
  return Array.from({ length: count }, (_, index) => {
    const strength = Math.round((MOST * (index + 1) * 100) / count) / 100;
    return by === 'seed' ? { ...SAME, seedOffset: draw() } : by === 'strength' ? { ...SAME, strength } : { ...SAME, motionStrength: strength };
  });
}

/** What tells a cell from its neighbours, in words. */
export function variantName(variant: Variant, index: number): string {
  if (variant.prompt !== null) return variant.prompt;
  if (variant.strength !== null) return t('vary.strengthOf', { percent: Math.round(variant.strength * 100) });
  if (variant.motionStrength !== null) return t('vary.motionOf', { percent: Math.round(variant.motionStrength * 100) });
  return t('vary.seedOf', { number: index + 1 });
}

export const varyRequest = (editor: Pick<Editor, 'project' | 'packs' | 'session'>, promptEventId: string, variants: readonly Variant[]) => ({
  projectId: editor.project.id, preset: editor.session.getState().scenePreset, ...packChoice(editor.packs()), promptEventId, variants: [...variants],
});

/** Queues the variants, each a job and later a take of its event. The grid is remembered while the project is open. */
export async function startVariations(editor: Editor, event: PromptEvent, variants: readonly Variant[]): Promise<void> {
  editor.drafts.commitAll();
  try {
    await editor.document.flush();
    const { jobs } = await editor.client.scenes.vary(varyRequest(editor, event.id, variants));
    editor.session.setState(({ variations }) => ({ variations: { ...variations, [event.id]: jobs } }));
    await editor.queryClient.invalidateQueries({ queryKey: projectKeys.jobs(editor.project.id) });
  } catch (caught) {
    notifyError(StudioError.from(caught));
  }
}

/** What an event has to say so that its words in a scene are the take's; nothing where they are already. */
function wordsIn({ globalPrompt }: SceneScript, said: string, event: PromptEvent): Partial<Pick<PromptEvent, 'prompt' | 'style'>> {
  if (said === sceneWords(globalPrompt, event)) return {};
  const own = ownWords(said, globalPrompt);
  const style = event.style.trim();
  return style !== '' && own.endsWith(`, ${style}`) ? { prompt: own.slice(0, -style.length - 2) } : { prompt: own, style: '' };
}

/** What a variant's take says about its event, as the timeline would have to say it. */
export function eventOfVariation(take: Take, event: PromptEvent): (Pick<PromptEvent, 'activeTakeId' | 'seedOffset' | 'strength' | 'motions'> & Partial<Pick<PromptEvent, 'prompt' | 'style'>>) | null {
  const { scene } = take.recipe;
  const told = scene?.events.find(({ id }) => id === take.promptEventId);
  if (scene === undefined || told === undefined) return null;
  const strengths = new Set(told.motions.map(({ strength }) => strength));
  const [all] = strengths;
  const motions = all !== undefined && strengths.size === 1 ? event.motions.map((motion) => ({ ...motion, strength: all })) : event.motions;
  return { activeTakeId: take.id, seedOffset: told.seedOffset, strength: told.strength, motions, ...wordsIn(scene, told.prompt, event) };
}

/** Makes a variation the event's take and the scene's own, in one step that can be undone. Its frames are there already. */
export function pickVariation(editor: Editor, take: Take): void {
  const { promptEventId } = take;
  if (promptEventId === null) return;
  editor.document.transact(t('vary.pick'), (records) => {
    const record = records[promptEventId];
    const told = record?.type === 'promptEvent' ? eventOfVariation(take, record) : null;
    return told === null ? records : patchEvent(records, promptEventId, told);
  });
  editor.session.setState({ viewerSource: { kind: 'timeline' }, selectedIds: [promptEventId] });
  notify('success', t('vary.picked'), { label: t('action.undo'), run: () => void editor.document.undo() });
}
