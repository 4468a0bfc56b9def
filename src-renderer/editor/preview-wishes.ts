import type { Asset } from '../../src-shared/contract/assets.ts';
import { lackingPreviews } from '../../src-shared/previews/lacking-previews.ts';
import type { Editor } from './editor.ts';

/** What was asked for in this window: each once. */
const asked = new WeakMap<Editor, { readonly previews: Set<string>; readonly proxies: Set<string> }>();

function askedIn(editor: Editor): { readonly previews: Set<string>; readonly proxies: Set<string> } {
  const known = asked.get(editor) ?? { previews: new Set<string>(), proxies: new Set<string>() };
  asked.set(editor, known);
  return known;
}

const lacksPreview = (asset: Asset): boolean => Object.values(lackingPreviews(asset)).some(Boolean);

/** Asks the host for filmstrips and waveforms of what is on screen and has none. */
export function wantPreviews(editor: Editor, assets: readonly Asset[]): void {
  if (editor.project.readOnly) return;
  const { previews } = askedIn(editor);
  const fresh = assets.filter((asset) => lacksPreview(asset) && !previews.has(asset.id)).map(({ id }) => id);
  if (fresh.length === 0) return;
  for (const id of fresh) previews.add(id);
  // Without them a card shows its poster: nobody needs to hear of it.
  editor.client.library.makePreviews({ projectId: editor.project.id, assetIds: fresh }).catch(() => undefined);
}

/** Asks for a stand-in of a clip that this page cannot decode, or not soon enough. */
export function wantProxy(editor: Editor, assetId: string): void {
  const { proxies } = askedIn(editor);
  if (editor.project.readOnly || proxies.has(assetId)) return;
  proxies.add(assetId);
  editor.client.library.makeProxy({ projectId: editor.project.id, assetId }).catch(() => undefined);
}
