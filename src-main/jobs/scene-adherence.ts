import type { SceneRecipe } from '../../src-shared/build/scene-graph.ts';
import type { KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { canonicalJson, sha256Hex } from '../../src-shared/recipe/recipe.ts';
import type { SceneEvent, SceneScript } from '../../src-shared/recipe/scene-script.ts';
import { assert, StudioError } from '../../src-shared/errors/studio-error.ts';
import type { ProjectStore } from '../store/project-store.ts';
import type { EngineClient } from './engine-client.ts';
import type { JobContext } from './job-handler.ts';
import { readFrames } from './stored-frames.ts';
import { TENSOR_MIME_TYPE, tensorFromBytes, videoSize } from './tensor-bytes.ts';

/** The words that are an event's own: its prompt without the scene's. */
export function ownWords({ globalPrompt }: SceneScript, { prompt }: SceneEvent): string {
  const shared = globalPrompt.trim().replace(/[,.]\s*$/, '');
  return shared !== '' && prompt.startsWith(shared) && prompt.length > shared.length ? prompt.slice(shared.length).replace(/^[,\s]+/, '') : prompt;
}

/** Key of a measurement: the frames it looked at and the words it asked for. */
const adherenceKey = (node: KeyedNode, prompt: string, words: string): Promise<string> => sha256Hex(canonicalJson({ format: 'adherence-1', node: node.key, prompt, words }));

const bodyOf = (nodes: readonly KeyedNode[], eventId: string): KeyedNode | undefined =>
  nodes.find(({ stage, region }) => stage === 'keyframes' && region.kind === 'event' && region.eventId === eventId);

/** Per keyframe of an event, the share of attention to text that went to the event's own words; null while it was not measured. */
export async function storedAdherence(store: ProjectStore, script: SceneScript, nodes: readonly KeyedNode[], event: SceneEvent): Promise<Float32Array | null> {
  const body = bodyOf(nodes, event.id);
  if (body === undefined) return null;
  const asset = store.assets.findByStageKey(await adherenceKey(body, event.prompt, ownWords(script, event)));
  return asset?.shape ? tensorFromBytes(store.assets.readAll(asset.id), asset.shape).data : null;
}

/** Measures what is not measured yet, from the kept keyframes; the frames themselves stay as they are. */
export async function measureAdherence(
  context: JobContext, engine: EngineClient, scene: { readonly recipe: SceneRecipe; readonly nodes: readonly KeyedNode[]; readonly focusEventId: string | null; readonly packDir: string; readonly threads: number },
): Promise<void> {
  const { store, job, signal } = context;
  const { recipe, nodes, focusEventId, packDir, threads } = scene;
  for (const event of recipe.scene.events) {
    if (focusEventId !== null && event.id !== focusEventId) continue;
    const body = bodyOf(nodes, event.id);
    assert(body !== undefined, 'every event has a body');
    const words = ownWords(recipe.scene, event);
    const key = await adherenceKey(body, event.prompt, words);
    const frames = store.assets.findByStageKey(body.key);
    if (frames === null || store.assets.findByStageKey(key) !== null) continue;
    signal.throwIfAborted();
    const runId = `${job.id}/${job.attempt}/adherence/${event.id}`;
    const stop = () => engine.stop(runId, StudioError.is(signal.reason, 'PAUSED') ? 'paused' : 'cancelled');
    signal.addEventListener('abort', stop, { once: true });
    try {
      const { shares } = await engine.measure({ runId, packDir, keyframes: readFrames(store, frames, 0, videoSize(frames.shape ?? []).frames), prompt: event.prompt, words, threads });
      const writer = store.assets.beginWrite({ kind: 'stage', name: `adherence/${event.id}`, mimeType: TENSOR_MIME_TYPE, origin: 'generated', stage: 'keyframes', stageKey: key });
      writer.write(new Uint8Array(shares.buffer, shares.byteOffset, shares.byteLength));
      context.commit(() => void writer.finish({ frames: shares.length, shape: [shares.length] }), true);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}
