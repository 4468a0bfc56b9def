/**
 * Seams and memory of scenes with the default pack, through the engine process as the studio runs them: `npm run bench -- scene`.
 * Prints what it measures and keeps it in test-results/bench-scene.json as it goes; a run that was stopped goes on there. The
 * key frames of each scene lie beside it as 32-bit floats, [3, frames, 40, 64].
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { buildSceneGraph } from '../../src-shared/build/scene-graph.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import { sliceFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { sceneEvent, sceneRecipe } from '../build/scene-fixture.ts';
import { describeMachine } from './machine.ts';
import { inOrder, joinScene, runNodes } from './scene-nodes.ts';

const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const { index } = openPack(packDir);
const settings = index.presets.draft[0]!;
const GRID = { stride: 4, window: 8 };
const FRAMES_PER_SECOND = 8;
const PROMPTS = ['a red fish swims right in the sea', 'a red fish swims left in the sea', 'a red fish swims up in the sea', 'a red fish swims down in the sea', 'a red fish swims right in the sea'];

/** Sums of frame-to-frame errors and how many there are. */
interface Seam {
  readonly atBorders: number;
  readonly borders: number;
  readonly elsewhere: number;
  readonly others: number;
}

interface Report {
  machine: string;
  pack: string;
  seams: Record<string, Seam>;
  peakMiB: Record<string, number>;
}

const file = 'test-results/bench-scene.json';
const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<Report>) : {};
const report: Report = { machine: describeMachine(), pack: index.version, seams: {}, peakMiB: {}, ...(before.pack === index.version ? { seams: before.seams ?? {}, peakMiB: before.peakMiB ?? {} } : {}) };
const save = (): void => {
  mkdirSync('test-results/scenes', { recursive: true });
  writeFileSync(file, JSON.stringify(report, null, 2));
};

const graphOf = (events: Parameters<typeof sceneRecipe>[0], seed = 3) => buildSceneGraph(sceneRecipe(events, { stages: [...index.presets.draft], seed }), GRID);
const mean = ({ sum, count }: { sum: number; count: number }): number => sum / count;

/** Mean error at the borders of nodes against the mean elsewhere, over all seeds. */
function seamRatio(): number {
  const total = (error: 'atBorders' | 'elsewhere', count: 'borders' | 'others') => Object.values(report.seams).reduce((sum, seam) => ({ sum: sum.sum + seam[error], count: sum.count + seam[count] }), { sum: 0, count: 0 });
  return mean(total('atBorders', 'borders')) / mean(total('elsewhere', 'others'));
}

afterAll(() => process.stdout.write(`${JSON.stringify({ ...report, seamRatio: seamRatio() }, null, 2)}\n`));

describe('scenes', () => {
  test('twenty seconds of five events have no visible seams', async () => {
    const engine = createEngineClient({ fork: createNodeEngineFork() });
    try {
      for (const seed of [3, 4, 5]) {
        if (report.seams[seed] !== undefined) continue;
        const { nodes, layout } = graphOf(PROMPTS.map((prompt, at) => sceneEvent(at, { prompt })), seed);
        const scene = joinScene(nodes, (await runNodes(engine, packDir, settings, nodes)).frames);
        expect(scene.shape[2]).toBe(layout.keyframes);
        const borders = new Set(inOrder(nodes).slice(1).map(({ own }) => own.start));
        const seam = { atBorders: 0, borders: 0, elsewhere: 0, others: 0 };
        for (let frame = 1; frame < layout.keyframes; frame += 1) {
          const [a, b] = [sliceFrames(scene, frame - 1, 1), sliceFrames(scene, frame, 1)];
          const error = a.data.reduce((sum, value, at) => sum + Math.abs(value - b.data[at]!), 0) / a.data.length;
          if (borders.has(frame)) Object.assign(seam, { atBorders: seam.atBorders + error, borders: seam.borders + 1 });
          else Object.assign(seam, { elsewhere: seam.elsewhere + error, others: seam.others + 1 });
        }
        report.seams[seed] = seam;
        save();
        writeFileSync(`test-results/scenes/seed-${seed}.f32`, new Uint8Array(scene.data.buffer, scene.data.byteOffset, scene.data.byteLength));
      }
    } finally {
      await engine.close();
    }
    expect(seamRatio()).toBeLessThanOrEqual(1.1);
  });

  test('a minute needs no more memory than ten seconds', async () => {
    for (const seconds of [10, 20, 40, 60]) {
      const name = `${seconds} s`;
      if (report.peakMiB[name] !== undefined) continue;
      // A process of its own for each: a peak is never forgotten.
      const engine = createEngineClient({ fork: createNodeEngineFork() });
      try {
        // One event, the longest stretch that windows overlap in; steps do not change what is held at once.
        const { nodes } = graphOf([sceneEvent(0, { durationFrames: seconds * FRAMES_PER_SECOND })]);
        report.peakMiB[name] = (await runNodes(engine, packDir, { ...settings, numInferenceSteps: 2 }, nodes)).peakRssBytes / 2 ** 20;
        save();
      } finally {
        await engine.close();
      }
    }
    for (const seconds of [20, 40, 60]) expect(report.peakMiB[`${seconds} s`]! / report.peakMiB['10 s']!).toBeLessThanOrEqual(1.03);
  });
});
