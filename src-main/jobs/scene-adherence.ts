import type { SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import type { KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { canonicalJson, sha256Hex } from '../../src-shared/recipe/recipe.ts';
import type { SceneEvent, SceneScript } from '../../src-shared/recipe/scene-script.ts';
import type { EventSpan } from '../../src-shared/build/scene-layout.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { EngineClient } from './engine-client.ts';
import type { JobContext } from './job-handler.ts';
import { joinFrames, readFrames } from './stored-frames.ts';
import { TENSOR_MIME_TYPE, tensorFromBytes } from './tensor-bytes.ts';

/** The words that are an event's own: its prompt without the scene's. */
export function ownWords({ globalPrompt }: SceneScript, { prompt }: SceneEvent): string {
  const shared = globalPrompt.trim().replace(/[,.]\s*$/, '');
  return shared !== '' && prompt.startsWith(shared) && prompt.length > shared.length ? prompt.slice(shared.length).replace(/^[,\s]+/, '') : prompt;
}

/** Keyframes of a node's output. */
interface ShownFrames {
  readonly key: string;
  readonly from: number;
  readonly count: number;
}

/** The keyframes that an event shows, in order: its body's, and at its blends those of the seams. */
function shownFrames(nodes: readonly KeyedNode[], { first, end }: EventSpan): readonly ShownFrames[] {
  return nodes
    .filter(({ stage, own }) => stage === 'keyframes' && own.start < end && own.start + own.count > first)
    .toSorted((a, b) => a.own.start - b.own.start)
    .map(({ key, own }) => {
      const [start, stop] = [Math.max(first, own.start), Math.min(end, own.start + own.count)];
      return { key, from: own.from + start - own.start, count: stop - start };
    });
}

/** Key of a measurement: the frames it looked at and the words it asked for. */
const adherenceKey = (frames: readonly ShownFrames[], prompt: string, words: string): Promise<string> => sha256Hex(canonicalJson({ format: 'adherence-2', frames, prompt, words }));

/** Per keyframe of an event, the share of attention to text that went to the event's own words; null while it was not measured. */
export async function storedAdherence(store: ProjectStore, script: SceneScript, nodes: readonly KeyedNode[], span: EventSpan): Promise<Float32Array | null> {
  const { event } = span;
  const asset = store.assets.findByStageKey(await adherenceKey(shownFrames(nodes, span), event.prompt, ownWords(script, event)));
  return asset?.shape ? tensorFromBytes(store.assets.readAll(asset.id), asset.shape).data : null;
}

/** Measures what is not measured yet, from the kept keyframes; the frames themselves stay as they are. */
export async function measureAdherence(
  context: JobContext, engine: EngineClient, scene: { readonly recipe: SceneRecipe; readonly nodes: readonly KeyedNode[]; readonly spans: readonly EventSpan[]; readonly focusEventId: string | null; readonly packDir: string; readonly threads: number },
): Promise<void> {
  const { store, job, signal } = context;
  const { recipe, nodes, spans, focusEventId, packDir, threads } = scene;
  for (const span of spans) {
    const { event } = span;
    if (focusEventId !== null && event.id !== focusEventId) continue;
    const shown = shownFrames(nodes, span);
    const words = ownWords(recipe.scene, event);
    const key = await adherenceKey(shown, event.prompt, words);
    const parts = shown.flatMap(({ key: made, from, count }) => {
      const asset = store.assets.findByStageKey(made);
      return asset === null ? [] : [readFrames(store, asset, from, count)];
    });
    if (parts.length < shown.length || store.assets.findByStageKey(key) !== null) continue;
    signal.throwIfAborted();
    const runId = `${job.id}/${job.attempt}/adherence/${event.id}`;
    const stop = () => engine.stop(runId, StudioError.is(signal.reason, 'PAUSED') ? 'paused' : 'cancelled');
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { shares } = await engine.measure({ runId, packDir, keyframes: joinFrames(parts), prompt: event.prompt, words, threads });
      const writer = store.assets.beginWrite({ kind: 'stage', name: `adherence/${event.id}`, mimeType: TENSOR_MIME_TYPE, origin: 'generated', stage: 'keyframes', stageKey: key });
      writer.write(new Uint8Array(shares.buffer, shares.byteOffset, shares.byteLength));
      context.commit(() => void writer.finish({ frames: shares.length, shape: [shares.length] }), true);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
