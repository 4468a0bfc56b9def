import { useQuery } from '@tanstack/react-query';
import { useCallback, useEffect } from 'react';
import type { Asset } from '../../src-shared/contract/assets.ts';
import type { MissingAsset } from '../../src-shared/contract/library.ts';
import { assetsUsedBy } from '../../src-shared/timeline/used-assets.ts';
import { projectKeys, type Editor } from '../editor/editor.ts';
import { wantPreviews } from '../editor/preview-wishes.ts';
import { useLibraryEntry } from './library-queries.ts';
import { useEditor } from './studio-context.tsx';

const keyOf = (editor: Editor) => [...projectKeys.assets(editor.project.id), 'timeline'] as const;

const byId = (assets: readonly Asset[]): ReadonlyMap<string, Asset> => new Map(assets.map((asset) => [asset.id, asset]));

/** Looks up what the timeline shows and plays. `isKnown` is false until it was read once: before that, null says nothing. */
export interface TimelineAssets {
  readonly assetOf: (assetId: string) => Asset | null;
  readonly isKnown: boolean;
}

/** The library files that the timeline uses, and no others: a library of ten thousand costs no more than one of ten. */
export function useTimelineAssets(): TimelineAssets {
  const editor = useEditor();
  const queryFn = async (): Promise<Asset[]> => {
    const ids = [...assetsUsedBy(editor.document.getState().records)];
    const { assets } = ids.length === 0 ? { assets: [] } : await editor.client.assets.list({ projectId: editor.project.id, ids });
    editor.noteAssets(assets);
    wantPreviews(editor, assets);
    return assets;
  };
  const { data } = useQuery({ queryKey: keyOf(editor), queryFn, select: byId });
  // A file that was put on the timeline a moment ago is known from where it came.
  const assetOf = useCallback((assetId: string) => data?.get(assetId) ?? editor.asset(assetId), [data, editor]);
  return { assetOf, isKnown: data !== undefined };
}

/** Reads the timeline's files again whenever an edit brings in one that was not read. Called once, by the window's shell. */
export function useFollowTimelineAssets(editor: Editor): void {
  useEffect(() => {
    let before = editor.document.getState().records;
    // Each is asked for once: one that is gone stays gone.
    const asked = new Set(assetsUsedBy(before));
    return editor.document.subscribe(({ records }) => {
      if (records === before) return;
      before = records;
      const fresh = [...assetsUsedBy(records)].filter((id) => !asked.has(id));
      for (const id of fresh) asked.add(id);
      if (fresh.some((id) => editor.asset(id) === null)) void editor.queryClient.invalidateQueries({ queryKey: keyOf(editor) });
    });
  }, [editor]);
}

/** One file of the library or of a take; null while unknown, and when there is none. */
export function useAsset(assetId: string | null): Asset | null {
  const editor = useEditor();
  return useLibraryEntry(assetId)?.asset ?? (assetId === null ? null : editor.asset(assetId));
}

/** What a file was that is no longer in the project; null while unknown, and when nobody remembers it. */
export function useRemovedAsset(assetId: string): MissingAsset | null {
  const editor = useEditor();
  const { data } = useQuery({
    queryKey: [...projectKeys.assets(editor.project.id), 'removed', assetId],
    queryFn: async () => (await editor.client.library.missing({ projectId: editor.project.id, assetIds: [assetId] })).missing[0] ?? null,
  });
  return data ?? null;
}
