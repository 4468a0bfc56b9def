import { lackingPreviews } from '../../src-shared/previews/lacking-previews.ts';
import { copyAssetInto } from '../jobs/asset-file.ts';
import { withScratchFolder } from '../jobs/scratch-folder.ts';
import type { Media } from '../media/media.ts';
import type { ProjectStore } from '../store/project-store.ts';

/** Makes filmstrips and waveforms behind everything else: one at a time, what was asked for last first. */
export interface PreviewMaker {
  ask(store: ProjectStore, assetIds: readonly string[]): void;
  /** Leaves a project alone from now on. */
  forget(store: ProjectStore): void;
}

export function createPreviewMaker({ media, temporaryFolder, log }: { readonly media: Pick<Media, 'probe' | 'filmstrip' | 'waveform'>; readonly temporaryFolder: string; readonly log: (line: string) => void }): PreviewMaker {
  let wishes: { readonly store: ProjectStore; readonly assetId: string }[] = [];
  let working: { readonly store: ProjectStore; readonly abort: AbortController } | null = null;
  /** What could not be made is not tried again while the project is open. */
  const failed = new WeakMap<ProjectStore, Set<string>>();

  const make = async (store: ProjectStore, assetId: string, signal: AbortSignal): Promise<void> => {
    const asset = store.assets.find(assetId);
    if (asset === null || store.readOnly) return;
    const lacks = lackingPreviews(asset);
    if (!lacks.filmstrip && !lacks.waveform) return;
    await withScratchFolder(temporaryFolder, async (folder) => {
      const info = await media.probe(await copyAssetInto(folder, store, asset, signal), signal);
      if (lacks.filmstrip) {
        const made = await media.filmstrip(info, signal);
        signal.throwIfAborted();
        await store.previews.write(assetId, 'filmstrip', made.strip, [made.jpeg]);
      }
      if (lacks.waveform) {
        const made = await media.waveform(info, signal);
        signal.throwIfAborted();
        await store.previews.write(assetId, 'waveform', {}, [made]);
      }
    });
  };

  const work = async (): Promise<void> => {
    for (let wish = wishes.pop(); wish !== undefined; wish = wishes.pop()) {
      const { store, assetId } = wish;
      const abort = new AbortController();
      working = { store, abort };
      try {
        await make(store, assetId, abort.signal);
      } catch (error) {
        if (abort.signal.aborted) continue;
        const known = failed.get(store) ?? new Set<string>();
        failed.set(store, known.add(assetId));
        log(`[previews] ${assetId}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    working = null;
  };

  return {
    ask: (store, assetIds) => {
      const fresh = assetIds.filter((assetId) => failed.get(store)?.has(assetId) !== true).toReversed();
      const again = new Set(fresh);
      wishes = [...wishes.filter((wish) => wish.store !== store || !again.has(wish.assetId)), ...fresh.map((assetId) => ({ store, assetId }))];
      if (working === null && wishes.length > 0) void work();
    },
    forget: (store) => {
      wishes = wishes.filter((wish) => wish.store !== store);
      if (working?.store === store) working.abort.abort();
    },
  };
}
