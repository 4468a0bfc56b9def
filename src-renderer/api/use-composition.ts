import { useMemo } from 'react';
import { planComposition, type CompositionPlan, type SourceFacts } from '../../src-shared/compose/composition-plan.ts';
import type { Asset } from '../../src-shared/contract/assets.ts';
import { activeTake, placeInTake } from '../../src-shared/takes/take-of-event.ts';
import { useAssets, useTakes } from './queries.ts';
import { useDocument } from './studio-context.tsx';

/** Formats that may be transparent. Said to be, they only cost that what lies below is drawn too. */
const MAYBE_CLEAR = /webm|quicktime|png|webp|gif/u;

const factsOf = ({ kind, width, height, frameRate, frames, hasAudio, mimeType }: Asset): SourceFacts | null =>
  kind !== 'video' && kind !== 'image' && kind !== 'audio' ? null : { kind, width: width ?? 0, height: height ?? 0, frameRate, frames, hasAudio: hasAudio || kind === 'audio', hasAlpha: MAYBE_CLEAR.test(mimeType) };

/** What the timeline shows and plays, as exports do, and every asset it may need by its id. */
export function useComposition(): { readonly plan: CompositionPlan; readonly assetOf: (assetId: string) => Asset | null } {
  const records = useDocument((state) => state.records);
  const takes = useTakes();
  const { assets } = useAssets();
  return useMemo(() => {
    const byId = new Map([...takes.map(({ asset }) => asset), ...assets].map((asset) => [asset.id, asset]));
    const assetOf = (assetId: string): Asset | null => byId.get(assetId) ?? null;
    const plan = planComposition({
      records, captions: 'burned', takeOf: (event) => {
        const take = activeTake(takes, event);
        if (take === null) return null;
        const { startFrame, frames } = placeInTake(take, event.id);
        return { assetId: take.asset.id, startFrame, frames: Number.isFinite(frames) ? frames : null };
      },
      asset: (assetId) => {
        const asset = assetOf(assetId);
        return asset === null ? null : factsOf(asset);
      },
    });
    return { plan, assetOf };
  }, [records, takes, assets]);
}
