/**
 * Does the right thing happen first? Two-event prompts as two events of the timeline, and the same words as one caption of the
 * same length, with the default pack's draft: `npm run bench -- event-order`. The key frames
 * of every clip are kept in test-results/event-order, so that a long run can be stopped and goes on.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { buildSceneGraph } from '../../src-shared/build/scene-graph.ts';
import { openPack } from '../../src-main/engine/pipelines/open-pack.ts';
import type { TensorMessage } from '../../src-main/engine/process/protocol.ts';
import { createEngineClient } from '../../src-main/jobs/engine-client.ts';
import { createNodeEngineFork } from '../../src-main/jobs/engine-process.ts';
import { sceneEvent, sceneRecipe } from '../build/scene-fixture.ts';
import { describeMachine } from './machine.ts';
import { joinScene, runNodes } from './scene-nodes.ts';
import { readDirection, stillPicture, type Direction } from './subject-path.ts';

const packDir = fileURLToPath(new URL('../../models/motif-mini', import.meta.url));
const { index } = openPack(packDir);
const draft = index.presets.draft;
const size = index.sizes.keyframes!;
const GRID = { stride: 4, window: 8 };
/** Frames of one event: eight key frames, the model's own window. */
const EVENT_FRAMES = 32;

const SUBJECTS = [['red', 'fish', 'swims'], ['yellow', 'bird', 'flies'], ['blue', 'car', 'drives'], ['white', 'boat', 'sails'], ['orange', 'rocket', 'flies'], ['purple', 'ball', 'rolls'], ['green', 'star', 'moves'], ['pink', 'heart', 'moves']] as const;
const PLACES = ['in the sea', 'in the sky', 'on a meadow', 'at night', 'in the desert', 'on a plain background'] as const;
const TRAVELS = ['right', 'left', 'up', 'down'] as const;

interface Pair {
  readonly first: Direction;
  readonly second: Direction;
  readonly place: string;
  readonly subject: string;
  readonly verb: string;
}
/** Every ordered pair of directions once. */
const PAIRS: readonly Pair[] = TRAVELS.flatMap((first) => TRAVELS.filter((second) => second !== first).map((second) => ({ first, second }))).map((travel, at) => {
  const [colour, subject, verb] = SUBJECTS[at % SUBJECTS.length]!;
  return { ...travel, subject: `${/^[aeiou]/.test(colour) ? 'an' : 'a'} ${colour} ${subject}`, verb, place: PLACES[at % PLACES.length]! };
});

interface Reading {
  readonly seed: number;
  readonly pair: Pair;
  readonly timeline: readonly [Direction, Direction];
  readonly caption: readonly [Direction, Direction];
}

const folder = join('test-results', 'event-order');
const resultFile = join('test-results', 'event-order.json');
const SEEDS = (process.env['MOTIF_BENCH_SEEDS'] ?? '11,12,13').split(',').map(Number);

/** Directions before and behind the border of the two events. */
const halves = (video: TensorMessage): [Direction, Direction] => {
  const border = EVENT_FRAMES / GRID.stride;
  const still = stillPicture(video);
  return [readDirection(video, 0, border, still), readDirection(video, border, video.shape[2]!, still)];
};

const readings: Reading[] = [];

function summary() {
  const score = (of: 'timeline' | 'caption') => {
    const right = readings.map((reading) => [reading[of][0] === reading.pair.first, reading[of][1] === reading.pair.second] as const);
    return { both: right.filter(([a, b]) => a && b).length, first: right.filter(([a]) => a).length, second: right.filter(([, b]) => b).length };
  };
  return { machine: describeMachine(), pack: index.version, clips: readings.length, timeline: score('timeline'), caption: score('caption'), readings };
}

afterAll(() => {
  const { readings: _all, ...short } = summary();
  process.stdout.write(`${JSON.stringify(short, null, 2)}\n`);
});

test('two events on the timeline happen in order at least as often as the same words in one caption', async () => {
  mkdirSync(folder, { recursive: true });
  const engine = createEngineClient({ fork: createNodeEngineFork() });
  try {
    // Pairs outside: a run that is stopped half-way has seen every seed.
    for (const [at, pair] of PAIRS.entries()) {
      for (const seed of SEEDS) {
        const { subject, verb, first, second, place } = pair;
        const scripts = {
          timeline: [first, second].map((direction, order) => sceneEvent(order, { prompt: `${subject} ${verb} ${direction} ${place}`, durationFrames: EVENT_FRAMES, blendIn: 8, blendOut: 8 })),
          caption: [sceneEvent(0, { prompt: `${subject} ${verb} ${first}, then ${verb} ${second} ${place}`, durationFrames: 2 * EVENT_FRAMES })],
        };
        const read = { timeline: ['none', 'none'] as [Direction, Direction], caption: ['none', 'none'] as [Direction, Direction] };
        for (const name of ['timeline', 'caption'] as const) {
          const file = join(folder, `${index.version}-${seed}-${at}-${name}.f32`);
          if (!existsSync(file)) {
            const { nodes } = buildSceneGraph(sceneRecipe(scripts[name], { stages: [...draft], seed: seed * 100 + at }), GRID);
            const { data } = joinScene(nodes, (await runNodes(engine, packDir, draft[0]!, nodes)).frames);
            writeFileSync(file, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
          }
          const data = new Float32Array(readFileSync(file).slice().buffer);
          read[name] = halves({ data, shape: [1, 3, data.length / (3 * size.height * size.width), size.height, size.width] });
        }
        readings.push({ seed, pair, ...read });
        writeFileSync(resultFile, JSON.stringify(summary(), null, 2));
      }
    }
  } finally {
    await engine.close();
  }
  const { timeline, caption } = summary();
  expect(timeline.both).toBeGreaterThanOrEqual(caption.both);
}, 3 * 60 * 60_000);
