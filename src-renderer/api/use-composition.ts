import { useMemo } from 'react';
import { planComposition, type CompositionPlan, type SourceFacts } from '../../src-shared/compose/composition-plan.ts';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { activeTake, placeInTake } from '../../src-shared/takes/take-of-event.ts';
import type { PromptEvent } from '../../src-shared/timeline/document.ts';
import { eventsInOrder } from '../editor/timeline-edits.ts';
import { useTimelineAssets } from './asset-queries.ts';
import { useTakes } from './queries.ts';
import { useDocument } from './studio-context.tsx';

/** Formats that may be transparent. Said to be, they only cost that what lies below is drawn too. */
const MAYBE_CLEAR = /webm|quicktime|png|webp|gif/u;

/** Whether a file may be transparent, by its format. */
export const mayBeClear = ({ mimeType }: Pick<Asset, 'mimeType'>): boolean => MAYBE_CLEAR.test(mimeType);

const factsOf = (asset: Asset): SourceFacts | null => {
  const { kind, width, height, frameRate, frames, hasAudio } = asset;
  return kind !== 'video' && kind !== 'image' && kind !== 'audio' ? null : { kind, width: width ?? 0, height: height ?? 0, frameRate, frames, hasAudio: hasAudio || kind === 'audio', hasAlpha: mayBeClear(asset) };
};

/** The timeline as the viewer plays it. */
export interface Composition {
  readonly plan: CompositionPlan;
  readonly assetOf: (assetId: string) => Asset | null;
  /** Prompt events from left to right. */
  readonly events: readonly PromptEvent[];
  /** Whether anything but prompt events is seen or heard somewhere. */
  readonly hasItems: boolean;
  /** False while the files are being asked for: then nothing counts as missing. */
  readonly isKnown: boolean;
}

/** What the timeline shows and plays, by the same plan as exports. The viewer asks once and hands it on. */
export function useComposition(): Composition {
  const records = useDocument((state) => state.records);
  const takes = useTakes();
  const { assetOf, isKnown } = useTimelineAssets();
  return useMemo(() => {
    const taken = new Map(takes.map(({ asset }) => [asset.id, asset]));
    const find = (assetId: string): Asset | null => taken.get(assetId) ?? assetOf(assetId);
    const plan = planComposition({
      records, captions: 'burned', takeOf: (event) => {
        const take = activeTake(takes, event);
        if (take === null) return null;
        const { startFrame, frames } = placeInTake(take, event.id);
        return { assetId: take.asset.id, startFrame, frames: Number.isFinite(frames) ? frames : null };
      },
      asset: (assetId) => {
        const asset = find(assetId);
        return asset === null ? null : factsOf(asset);
      },
    });
    const hasItems = Object.values(records).some(({ type }) => type === 'clip' || type === 'caption' || type === 'audio');
    return { plan, assetOf: find, events: eventsInOrder(records), hasItems, isKnown };
  }, [records, takes, assetOf, isKnown]);
}
