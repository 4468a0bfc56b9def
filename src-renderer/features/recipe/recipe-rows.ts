import type { RecipeClip } from '../../../src-shared/contract/recipes.ts';
import { WITHHELD_PROMPT } from '../../../src-shared/recipe/recipe.ts';
import type { PromptEvent, Sequence } from '../../../src-shared/timeline/document.ts';
import { ownWords } from '../../editor/restore-recipe.ts';
import { t } from '../../i18n/text.ts';

/** One line of the comparison. `here` null: there is nothing here to compare with. */
export interface RecipeRow {
  readonly label: string;
  readonly there: string;
  readonly here: string | null;
  readonly differs: boolean;
  /** What is lacking here, so that the clip cannot be made. */
  readonly isMissing: boolean;
}

/** Characters that turn the direction of text or cannot be seen: words from outside must look like what they say. */
const UNSEEN = /[\p{Cc}\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Words from a file as they may be shown. */
export const shownWords = (words: string): string => words.replace(UNSEEN, ' ').trim();

const rate = ({ num, den }: { readonly num: number; readonly den: number }): string => t('asset.perSecond', { rate: Number((num / den).toFixed(3)) });
const stageWords = ({ numInferenceSteps, guidanceScale }: { readonly numInferenceSteps: number; readonly guidanceScale: number }): string => t('take.stageSettings', { steps: numInferenceSteps, guidance: guidanceScale });

/** What a recipe says against the event it would go into, the installed model and this project. */
export function recipeRows(clip: RecipeClip, event: PromptEvent | null, sequence: Pick<Sequence, 'globalPrompt' | 'frameRate'>): RecipeRow[] {
  const { recipe, pack, engine, sources } = clip;
  const rows: RecipeRow[] = [];
  const row = (label: string, there: string, here: string | null, more: Partial<RecipeRow> = {}): void => {
    rows.push({ label, there: shownWords(there), here: here === null ? null : shownWords(here), differs: here !== null && there !== here, isMissing: false, ...more });
  };
  const words = recipe.prompt === WITHHELD_PROMPT ? t('recipe.withheld') : recipe.scene === undefined ? ownWords(recipe.prompt, sequence.globalPrompt) : recipe.scene.events.map(({ prompt }) => prompt).join(' → ');
  row(t('inspector.prompt'), words, recipe.scene === undefined ? (event?.prompt ?? null) : null);
  if (recipe.negativePrompt !== '' || (event?.negativePrompt ?? '') !== '') row(t('inspector.negativePrompt'), recipe.negativePrompt, event?.negativePrompt ?? null);
  const strength = recipe.scene === undefined ? (recipe.emphasis?.strength ?? 1) : null;
  if (strength !== null && (strength !== 1 || (event?.strength ?? 1) !== 1)) row(t('item.strength'), t('motions.percent', { percent: Math.round(strength * 100) }), event === null ? null : t('motions.percent', { percent: Math.round(event.strength * 100) }));
  row(t('inspector.seed'), String(recipe.seed), event === null ? null : String(event.seed));
  row(t('inspector.preset'), t(`preset.${recipe.preset}`), event === null ? null : t(`preset.${event.preset}`));
  const there = `${recipe.pack.id} ${recipe.pack.version} · ${recipe.pack.sha256.slice(0, 8)}`;
  row(t('take.pack'), there, pack.state === 'same' ? there : pack.state === 'missing' ? t('recipe.packMissing') : t('recipe.packChanged', { version: pack.version ?? '?' }), { isMissing: pack.state !== 'same' });
  for (const stage of recipe.stages) {
    const now = pack.stages?.find((other) => other.stage === stage.stage);
    row(t(`stage.${stage.stage}`), stageWords(stage), pack.stages === null ? null : now === undefined ? t('recipe.stageMissing') : stageWords(now));
  }
  for (const { kind, sha256, name } of sources) row(t(kind === 'motion' ? 'motions.field' : 'recipe.image'), name ?? sha256.slice(0, 8), name ?? t('recipe.sourceMissing'), { differs: name === null, isMissing: name === null });
  row(t('take.engine'), `${recipe.engine.version} · ${recipe.engine.executionProvider}`, `${engine.version} · ${engine.executionProvider}`);
  row(t('asset.frameRate'), rate(recipe.frameRate), rate(sequence.frameRate));
  return rows;
}
