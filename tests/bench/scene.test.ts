/**
 * Seams and memory of scenes with the default pack, through the engine process as the studio runs them: `npm run bench`.
 * Prints what it measures and writes test-results/bench-scene.json.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { buildSceneGraph, type FrameSource, type SceneNode } from '../../src-shared/build/scene-graph.ts';
import type { TensorMessage } from '../../src-main/engine/process/protocol.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { sliceFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { createEngineClient, type EngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { joinFrames } from '../../src-main/jobs/stored-frames.ts';
import { sceneEvent, sceneRecipe } from '../build/scene-fixture.ts';
import { describeMachine } from './machine.ts';

const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const draft = openPack(packDir).index.presets.draft;
const GRID = { stride: 4, window: 8 };
const report: Record<string, unknown> = { machine: describeMachine() };

/** Runs keyframe nodes in order. Returns each node's frames and the highest memory of the process. */
async function runNodes(engine: EngineClient, nodes: readonly SceneNode[], steps = draft[0]!.numInferenceSteps): Promise<{ frames: Map<string, TensorMessage>; peakRssBytes: number }> {
  const frames = new Map<string, TensorMessage>();
  let peakRssBytes = 0;
  const read = (source: FrameSource): TensorMessage => {
    if (source.kind === 'image') throw new Error('no images here');
    return sliceFrames(frames.get(source.node)!, source.from, source.count);
  };
  for (const node of nodes) {
    const known = node.known.length === 0 ? null : joinFrames(node.known.map(read));
    const done = await engine.run({ runId: node.id, packDir, stage: node.stage, prompt: '', negativePrompt: '', seed: node.seed, settings: { ...draft[0]!, numInferenceSteps: steps }, input: null, checkpoint: null, threads: 2, scene: { part: node.part, known } });
    frames.set(node.id, done.tensor);
    peakRssBytes = Math.max(peakRssBytes, done.peakRssBytes);
  }
  return { frames, peakRssBytes };
}

const graphOf = (events: Parameters<typeof sceneRecipe>[0]) => buildSceneGraph(sceneRecipe(events, { stages: [...draft], seed: 3 }), GRID);

afterAll(() => {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  mkdirSync('test-results', { recursive: true });
  writeFileSync('test-results/bench-scene.json', JSON.stringify(report, null, 2));
});

describe('scenes', () => {
  test('twenty seconds of five events have no visible seams', async () => {
    const prompts = ['a red fish swims right in the sea', 'a red fish swims left in the sea', 'a red fish swims up in the sea', 'a red fish swims down in the sea', 'a red fish swims right in the sea'];
    const { nodes, layout } = graphOf(prompts.map((prompt, index) => sceneEvent(index, { prompt })));
    const engine = createEngineClient({ fork: createNodeEngineFork() });
    try {
      const { frames } = await runNodes(engine, nodes);
      const owners = nodes.toSorted((a, b) => a.own.start - b.own.start);
      const scene = joinFrames(owners.map((node) => sliceFrames(frames.get(node.id)!, node.own.from, node.own.count)));
      const borders = new Set(owners.slice(1).map(({ own }) => own.start));
      const errors = Array.from({ length: layout.keyframes - 1 }, (_, frame) => {
        const [a, b] = [sliceFrames(scene, frame, 1), sliceFrames(scene, frame + 1, 1)];
        return { atBorder: borders.has(frame + 1), error: a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length };
      });
      const mean = (atBorder: boolean): number => {
        const own = errors.filter((entry) => entry.atBorder === atBorder);
        return own.reduce((sum, { error }) => sum + error, 0) / own.length;
      };
      report['seams'] = { atBorders: mean(true), elsewhere: mean(false), ratio: mean(true) / mean(false) };
      expect(mean(true) / mean(false)).toBeLessThanOrEqual(1.1);
    } finally {
      await engine.close();
    }
  });

  test('a minute needs no more memory than eight seconds', async () => {
    const peaks: Record<string, number> = {};
    for (const durationFrames of [64, 480]) {
      // A process of its own for each: a peak is never forgotten.
      const engine = createEngineClient({ fork: createNodeEngineFork() });
      try {
        const { nodes } = graphOf([sceneEvent(0, { durationFrames })]);
        peaks[`${durationFrames / 8} s`] = (await runNodes(engine, nodes, 2)).peakRssBytes / 2 ** 20;
      } finally {
        await engine.close();
      }
    }
    report['peakMiB'] = peaks;
    expect(peaks['60 s']! / peaks['8 s']!).toBeLessThanOrEqual(1.1);
  });
});
