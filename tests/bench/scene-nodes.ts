import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrameSource, SceneNode } from '../../src-shared/build/scene-graph.ts';
import type { StageSettings } from '../../src-shared/recipe/recipe.ts';
import type { TensorMessage } from '../../src-main/engine/process/protocol.ts';
import { sliceFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import type { EngineClient } from '../../src-main/jobs/engine-client.ts';
import { joinFrames } from '../../src-main/jobs/stored-frames.ts';

/** Runs the key frame nodes of a scene in order, through the engine as the studio does, in folders. Returns each node's frames and the highest memory of the process. */
export async function runNodes(engine: EngineClient, packDir: string, settings: StageSettings, nodes: readonly SceneNode[]): Promise<{ frames: Map<string, TensorMessage>; peakRssBytes: number }> {
  const frames = new Map<string, TensorMessage>();
  let peakRssBytes = 0;
  const read = (source: FrameSource): TensorMessage => {
    if (source.kind === 'image') throw new Error('no images here');
    return sliceFrames(frames.get(source.node)!, source.from, source.count);
  };
  for (const node of nodes) {
    if (node.stage !== 'keyframes') continue;
    const known = node.known.length === 0 ? null : joinFrames(node.known.map(read));
    const folder = mkdtempSync(join(tmpdir(), 'motif-bench-'));
    try {
      const done = await engine.runInFolder({ runId: `${node.id}/${crypto.randomUUID()}`, packDir, stage: node.stage, prompt: '', negativePrompt: '', seed: node.seed, settings, input: null, checkpoint: null, threads: 2, scene: { part: node.part, known, folder } });
      frames.set(node.id, { shape: done.shape, data: new Float32Array(new Uint8Array(readFileSync(done.path)).buffer) });
      peakRssBytes = Math.max(peakRssBytes, done.peakRssBytes);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { frames, peakRssBytes };
}

/** Key frame nodes in order of time. */
export const inOrder = (nodes: readonly SceneNode[]): SceneNode[] => nodes.filter(({ stage }) => stage === 'keyframes').toSorted((a, b) => a.own.start - b.own.start);

/** The scene's key frames, [1, 3, frames, height, width]. */
export const joinScene = (nodes: readonly SceneNode[], frames: ReadonlyMap<string, TensorMessage>): TensorMessage =>
  joinFrames(inOrder(nodes).map((node) => sliceFrames(frames.get(node.id)!, node.own.from, node.own.count)));
