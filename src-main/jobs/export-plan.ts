import { z } from 'zod';
import { planComposition, type CompositionPlan, type SourceFacts } from '../../src-shared/compose/composition-plan.ts';
import { spansOf } from '../../src-shared/compose/layers-at.ts';
import { exportSize } from '../../src-shared/export/export-range.ts';
import { FORMATS } from '../../src-shared/export/formats.ts';
import { MissingMediaChoice } from '../../src-shared/export/missing-media.ts';
import { ExportSettings } from '../../src-shared/export/settings.ts';
import type { Recipe } from '../../src-shared/recipe/recipe.ts';
import { timelineRecipeWithoutPrompts, type TimelineRecipe } from '../../src-shared/recipe/timeline-recipe.ts';
import { canonicalJson, withoutPrompts } from '../../src-shared/recipe/recipe.ts';
import { activeTake, placeInTake } from '../../src-shared/takes/take-of-event.ts';
import { TimelineRecord, type TimelineRecords } from '../../src-shared/timeline/document.ts';
import { sequenceOf } from '../../src-shared/timeline/tracks.ts';
import type { AssetRow } from '../store/asset-repository.ts';
import type { ProjectStore } from '../store/project-store.ts';
import { withMissing } from './missing-media.ts';

/** An export as it waits in the queue: the document as it was when somebody pressed Export. */
export const ExportTimelineData = z.object({
  path: z.string().min(1),
  settings: ExportSettings,
  records: z.record(z.string(), TimelineRecord),
  /** What stands for prompt events, by event. */
  takes: z.record(z.string(), z.object({ assetId: z.string(), startFrame: z.number().int().min(0), frames: z.number().int().min(1).nullable() })),
  from: z.number().int().min(0),
  to: z.number().int().min(1),
  missingMedia: MissingMediaChoice.default('refuse'),
});
export type ExportTimelineData = z.infer<typeof ExportTimelineData>;

/** What stands for prompt events now. */
export function takesOfEvents(store: ProjectStore, records: TimelineRecords): ExportTimelineData['takes'] {
  const takes = store.takes.list();
  return Object.fromEntries(Object.values(records).flatMap((record) => {
    const take = record.type === 'promptEvent' ? activeTake(takes, record) : null;
    if (take === null) return [];
    const { startFrame, frames } = placeInTake(take, record.id);
    return [[record.id, { assetId: take.asset.id, startFrame, frames: Number.isFinite(frames) ? frames : null }]];
  }));
}

/** What composing needs of a stored asset. Whether it is transparent is known only once it was looked into. */
export const factsOfAsset = (asset: AssetRow | null, hasAlpha = false): SourceFacts | null =>
  asset === null || (asset.kind !== 'video' && asset.kind !== 'image' && asset.kind !== 'audio')
    ? null
    : { kind: asset.kind, width: asset.width ?? 0, height: asset.height ?? 0, frameRate: asset.frameRate, frames: asset.frames, hasAudio: asset.hasAudio || asset.kind === 'audio', hasAlpha };

/** The plan of an export. `missing` names what the project no longer has unless the export goes on without it. */
export function planExport({ records, takes, settings, missingMedia = 'refuse' }: Pick<ExportTimelineData, 'records' | 'takes' | 'settings'> & Partial<Pick<ExportTimelineData, 'missingMedia'>>, asset: (id: string) => SourceFacts | null): CompositionPlan {
  const size = exportSize(sequenceOf(records), settings.height);
  const shown = withMissing(missingMedia, records, asset, size);
  const takeOf = ({ id }: { readonly id: string }): ExportTimelineData['takes'][string] | null => {
    const take = takes[id];
    return take !== undefined && shown.isShown(take.assetId) ? take : null;
  };
  return planComposition({ records: shown.records, asset: shown.asset, takeOf, ...size, captions: settings.captions === 'burned' ? 'burned' : 'left out' });
}

/** Assets that are seen or heard in `[from, to)`. */
export function assetsNeeded(plan: CompositionPlan, from: number, to: number, settings: Pick<ExportSettings, 'format' | 'audio'>): string[] {
  const facts = FORMATS[settings.format];
  const seen = facts.kind !== 'audio' ? plan.lanes.flatMap(({ shots }) => shots) : [];
  const heard = (facts.hasAudio || facts.kind === 'interchange') && settings.audio ? plan.sounds : [];
  return [...new Set([...seen, ...heard].filter((span) => span.to > from && span.from < to).map(({ assetId }) => assetId))];
}

/**
 * The asset that an export is a plain copy of, or null: one shot alone on the canvas for the whole range, shown from its first to
 * its last frame at its own speed, size and rate, and heard as it is.
 */
export function untouchedAsset(plan: CompositionPlan, from: number, to: number, settings: ExportSettings): string | null {
  if (!settings.copyUntouched || settings.alpha) return null;
  const [span, more] = spansOf(plan, from, to);
  const layer = span?.layers[0];
  if (span === undefined || more !== undefined || span.layers.length !== 1 || layer?.type !== 'picture' || layer.fade !== null) return null;
  const { shot } = layer;
  const { source, target } = shot.place;
  const { offset, step, unit, frames } = shot.frames;
  const sameSize = source.width === plan.width && source.height === plan.height && target.x === 0 && target.y === 0 && target.width === plan.width && target.height === plan.height;
  const sameTime = shot.startFrame === from && offset === 0 && step === unit && frames === to - from;
  if (!shot.isFull || !sameSize || !sameTime) return null;
  if (!settings.audio) return shot.assetId;
  const heard = plan.sounds.filter((sound) => sound.to > from && sound.from < to);
  const own = heard.every((sound) => sound.assetId === shot.assetId && sound.from === from && sound.to >= to && sound.sourceFrom.num === 0 && sound.speed.num === sound.speed.den && sound.volume === 1 && sound.fadeInFrames === 0 && sound.fadeOutFrames === 0);
  return own && heard.length <= 1 ? shot.assetId : null;
}

/** The recipes of the generated clips that are seen, as JSON; null when there are none or none are wanted. One clip alone gives its own recipe. */
export function exportedRecipe(plan: CompositionPlan, from: number, to: number, embed: ExportSettings['embedRecipe'], recipeOf: (assetId: string) => Recipe | null): string | null {
  if (embed === 'none') return null;
  const clips = plan.lanes.flatMap(({ shots }) => shots.flatMap((shot) => {
    const recipe = recipeOf(shot.assetId);
    const [start, end] = [Math.max(from, shot.from), Math.min(to, shot.to)];
    return recipe === null || end <= start ? [] : [{ startFrame: start - from, durationFrames: end - start, recipe }];
  }));
  const [first, second] = clips;
  if (first === undefined) return null;
  if (second === undefined) return canonicalJson(embed === 'all' ? first.recipe : withoutPrompts(first.recipe));
  const whole: TimelineRecipe = { format: 1, kind: 'timeline', frameRate: plan.frameRate, clips };
  return canonicalJson(embed === 'all' ? whole : timelineRecipeWithoutPrompts(whole));
}
