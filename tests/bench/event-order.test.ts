/**
 * Does the right thing happen first? Two-event prompts as two events of the timeline, and the same words as one caption of the
 * same length, with the default pack's draft: `npm run bench -- event-order`. Every pair is kept in
 * test-results/event-order.json as it is made, so that a long run can be stopped and goes on; the key frames lie beside it.
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
const SEEDS = [11, 12];

const halves = (video: TensorMessage): [Direction, Direction] => {
  const frames = video.shape[2]!;
  const still = stillPicture(video);
  return [readDirection(video, 0, frames / 2, still), readDirection(video, frames / 2, frames, still)];
};

const readings: Reading[] = existsSync(resultFile) ? (JSON.parse(readFileSync(resultFile, 'utf8')) as { readings: Reading[] }).readings : [];

function summary() {
  const score = (of: 'timeline' | 'caption') => {
    const right = readings.map((reading) => [reading[of][0] === reading.pair.first, reading[of][1] === reading.pair.second] as const);
    return { both: right.filter(([a, b]) => a && b).length, first: right.filter(([a]) => a).length, second: right.filter(([, b]) => b).length };
  };
  return { machine: describeMachine(), pack: index.version, clips: readings.length, timeline: score('timeline'), caption: score('caption'), readings };
}

const save = () => writeFileSync(resultFile, JSON.stringify(summary(), null, 2));

afterAll(() => {
  const { readings: _all, ...short } = summary();
  process.stdout.write(`${JSON.stringify(short, null, 2)}\n`);
});

test('two events on the timeline happen in order at least as often as the same words in one caption', async () => {
  mkdirSync(folder, { recursive: true });
  const engine = createEngineClient({ fork: createNodeEngineFork() });
  try {
    for (const seed of SEEDS) {
      for (const [at, pair] of PAIRS.entries()) {
        if (readings.some((done) => done.seed === seed && done.pair.first === pair.first && done.pair.second === pair.second)) continue;
        const { subject, verb, first, second, place } = pair;
        const events = [first, second].map((direction, order) => sceneEvent(order, { prompt: `${subject} ${verb} ${direction} ${place}`, durationFrames: EVENT_FRAMES, blendIn: 8, blendOut: 8 }));
        const one = [sceneEvent(0, { prompt: `${subject} ${verb} ${first}, then ${verb} ${second} ${place}`, durationFrames: 2 * EVENT_FRAMES })];
        const videos: TensorMessage[] = [];
        for (const script of [events, one]) {
          const { nodes } = buildSceneGraph(sceneRecipe(script, { stages: [...draft], seed: seed * 100 + at }), GRID);
          videos.push(joinScene(nodes, (await runNodes(engine, packDir, draft[0]!, nodes)).frames));
        }
        for (const [name, video] of [['timeline', videos[0]!], ['caption', videos[1]!]] as const) writeFileSync(join(folder, `${seed}-${at}-${name}.f32`), new Uint8Array(video.data.buffer, video.data.byteOffset, video.data.byteLength));
        readings.push({ seed, pair, timeline: halves(videos[0]!), caption: halves(videos[1]!) });
        save();
      }
    }
  } finally {
    await engine.close();
  }
  const { timeline, caption } = summary();
  expect(timeline.both).toBeGreaterThanOrEqual(caption.both);
});
