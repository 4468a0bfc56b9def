import { readFont } from '../../src-shared/compose/text/font.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';
import { createComposer } from './composer.ts';
import type { FromCompositor, ToCompositor } from './viewer-messages.ts';

/** The part of a worker's own scope that is used: the window's types have another `postMessage`. */
const scope = globalThis as unknown as { addEventListener(type: 'message', listener: (event: MessageEvent<ToCompositor>) => void): void; postMessage(message: FromCompositor, transfer: Transferable[]): void };

let fontUrls: readonly string[] = [];
let loading: Promise<FontChain> | null = null;

/** Fonts for titles and captions, read once when first needed; a failure is tried again the next time. */
function fonts(): Promise<FontChain> {
  loading ??= Promise.all(fontUrls.map(async (url) => readFont(new Uint8Array(await (await fetch(url)).arrayBuffer())))).catch((error: unknown) => {
    loading = null;
    throw error;
  });
  return loading;
}

const composer = createComposer({
  fonts,
  onShown: (picture) => scope.postMessage({ type: 'shown', picture }, [picture.pixels]),
  onStandIn: (assetId) => scope.postMessage({ type: 'standIn', assetId }, []),
});

scope.addEventListener('message', ({ data }) => {
  if (data.type === 'begin') fontUrls = data.fonts;
  else if (data.type === 'plan') composer.setPlan(data.plan, data.sources);
  else if (data.type === 'show') composer.show(data.wish);
  else composer.reuse(data.pixels);
});
