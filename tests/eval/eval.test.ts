import { beforeAll, describe, expect, it } from 'vitest';
import type { VideoFrames } from '../../src-main/engine/pipelines/video-tensor.ts';
import { createMedia } from '../../src-main/media/media.ts';
import { createNoise } from '../../src-main/engine/random/noise.ts';
import { checkClip, diversity, scoreClips } from './evaluate-prompts.ts';
import { readPrompt, readPrompts, type Asked } from './read-prompt.ts';
import { choicesFor, readWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await readWorld(createMedia());
});

/** Draws what a prompt asks for: the silhouette in its colour on its background, along the path of its motions. */
function draw(asked: Asked, diameter: number, shift: readonly [number, number]): VideoFrames {
  const { width, height, sprite } = world;
  const count = 8;
  const background = world.pictures[world.backgrounds.indexOf(asked.background!)]!;
  const phases = world.silhouettes[world.subjects.indexOf(asked.subject)]!;
  const colour = world.colours[asked.colour!]!;
  const data = new Uint8Array(count * width * height * 3);
  const reach = asked.motions.length > 1 ? 0.6 : 1;
  const places = Array.from({ length: count }, (_, frame) => {
    let [x, y, size] = [0, 0, 0];
    for (const [event, motion] of asked.motions.entries()) {
      const at = Math.min(Math.max((frame / (count - 1)) * asked.motions.length - event, 0), 1) * 7;
      const [low, high] = [world.paths[motion]![Math.floor(at)]!, world.paths[motion]![Math.ceil(at)]!];
      const value = (k: 0 | 1 | 2): number => low[k] + (high[k] - low[k]) * (at - Math.floor(at));
      x += value(0) * reach;
      y += value(1) * reach;
      size += value(2);
    }
    return [x, y, size] as const;
  });
  const middle = ([0, 1] as const).map((axis) => (Math.min(...places.map((p) => p[axis])) + Math.max(...places.map((p) => p[axis]))) / 2);
  for (const [frame, [x, y, size]] of places.entries()) {
    const cover = phases[frame % phases.length]!;
    const [cx, cy, scale] = [width / 2 + (x - middle[0]!) * height + shift[0], height / 2 + (y - middle[1]!) * height + shift[1], sprite / (diameter * 2 ** size)];
    for (let i = 0; i < width * height; i += 1) {
      const [u, v] = [Math.round(((i % width) + 0.5 - cx) * scale + sprite / 2 - 0.5), Math.round((Math.floor(i / width) + 0.5 - cy) * scale + sprite / 2 - 0.5)];
      const alpha = u < 0 || v < 0 || u >= sprite || v >= sprite ? 0 : cover[v * sprite + u]!;
      for (let c = 0; c < 3; c += 1) data[(frame * width * height + i) * 3 + c] = Math.round(background[i * 3 + c]! + alpha * (colour[c]! - background[i * 3 + c]!));
    }
  }
  return { count, width, height, data };
}

describe('a prompt', () => {
  it('is read in its many wordings', () => {
    const asked = (prompt: string) => {
      const { subject, colour, background, motions } = readPrompt(prompt, world);
      return [subject, colour, background, motions.join()];
    };
    expect(asked('a red fish swims right in the sea')).toEqual(['fish', 'red', 'sea', 'right']);
    expect(asked('in the evening, the small grey duck is walking up and to the left')).toEqual(['duck', 'grey', 'sunset', 'up-left']);
    expect(asked('one purple heart moves up, then travels from left to right over the dunes')).toEqual(['heart', 'purple', 'desert', 'up,right']);
    expect(asked('a cat jumps up and down and then moves in a zigzag on the grass')).toEqual(['cat', null, 'meadow', 'bounce,zigzag']);
    expect(asked('an orange star moves downwards')).toEqual(['star', 'orange', null, 'down']);
  });

  it('that cannot be checked is refused with the words that would do', () => {
    expect(() => readPrompt('a unicorn walks left', world)).toThrow(/names no subject.*ball, square/u);
    expect(() => readPrompt('a cat sleeps at night', world)).toThrow(/cannot be checked.*to the left/u);
    expect(() => readPrompt('a cat walks left, then sleeps', world)).toThrow(/cannot be checked/u);
  });

  it('file leaves out empty lines and remarks', () => {
    expect(readPrompts('# two\n\na red car drives left\r\na blue boat sails right at night\n', world).map(({ subject }) => subject)).toEqual(['car', 'boat']);
  });

  it('set decides among how many kinds an answer is chosen', () => {
    expect(choicesFor(world, [readPrompt('a red fish swims right in the sea', world)]).name).toBe('first');
    expect(choicesFor(world, [readPrompt('a red turtle crawls right in the sea', world)])).toMatchObject({ name: 'full', subjects: { length: 27 } });
  });
});

describe('the checkers', () => {
  const random = createNoise(5).fork('scenes');
  let drawn = 0;
  const pick = <T>(values: readonly T[]): T => {
    drawn += 1;
    return values[Math.floor(Math.abs(random.fork(`pick${drawn}`).normal(1)[0]! * 1e4)) % values.length]!;
  };
  const scenes = (choices: { subjects: readonly string[]; colours: readonly string[]; backgrounds: readonly string[] }, motions: () => readonly string[], count: number): Asked[] =>
    Array.from({ length: count }, () => ({ prompt: 'drawn', subject: pick(choices.subjects), colour: pick(choices.colours), background: pick(choices.backgrounds), motions: motions() }));
  const read = (asked: readonly Asked[]) => scoreClips(asked.map((one) => checkClip(one, draw(one, pick([17, 19, 21]), [pick([-2, 0, 2]), pick([-1, 0, 1])]), world, choicesFor(world, asked))));

  it('read the truth of the small world, also in words and places that no training showed', () => {
    const small = world.worlds['first']!;
    const scores = read(scenes(small, () => [pick(['right', 'left', 'up', 'down', 'up-right', 'down-left'])], 60));
    expect(scores.subject).toBeGreaterThanOrEqual(0.95);
    expect(scores.motion).toBeGreaterThanOrEqual(0.95);
    expect(scores.background).toBeGreaterThanOrEqual(0.95);
    // A white heart on a white hill has no colour of its own.
    expect(scores.colour).toBeGreaterThanOrEqual(0.9);
  });

  it('read other motions and the order of events', () => {
    const small = world.worlds['first']!;
    const visible = { ...small, colours: ['red', 'purple'], backgrounds: ['sky', 'meadow', 'desert'] };
    expect(read(scenes(visible, () => [pick(['bounce', 'orbit', 'zigzag', 'wave', 'grow', 'spiral'])], 40)).motion).toBeGreaterThanOrEqual(0.85);
    expect(read(scenes(visible, () => pick([['right', 'up'], ['left', 'down'], ['up', 'left'], ['down', 'right']]), 40)).order).toBeGreaterThanOrEqual(0.9);
  });

  it('are not fooled by an empty frame, another subject or a movement in reverse', () => {
    const [asked] = scenes({ subjects: ['car'], colours: ['red'], backgrounds: ['sky'] }, () => ['right'], 1);
    const right = draw(asked!, 19, [0, 0]);
    const choices = choicesFor(world, [asked!]);
    const bytes = right.width * right.height * 3;
    const reversed = { ...right, data: Uint8Array.from({ length: right.data.length }, (_, i) => right.data[(right.count - 1 - Math.floor(i / bytes)) * bytes + (i % bytes)]!) };
    expect(checkClip(asked!, reversed, world, choices).seen.motions).toEqual(['left']);
    const empty = { ...right, data: Uint8Array.from({ length: right.data.length }, (_, i) => world.pictures[world.backgrounds.indexOf('sky')]![i % bytes]!) };
    expect(checkClip(asked!, empty, world, choices).seen).toMatchObject({ motions: ['none'], colour: 'none' });
    expect(checkClip(asked!, draw({ ...asked!, subject: 'star', colour: 'blue' }, 19, [0, 0]), world, choices).seen).toMatchObject({ subject: 'star', colour: 'blue' });
  });

  it('count what was asked for and nothing else', () => {
    const [plain] = scenes({ subjects: ['boat'], colours: ['red'], backgrounds: ['sea'] }, () => ['left'], 1);
    const clip = checkClip({ ...plain!, colour: null }, draw(plain!, 19, [0, 0]), world, choicesFor(world, [plain!]));
    expect(scoreClips([clip])).toMatchObject({ clips: 1, subject: 1, colour: null, motion: 1, order: null, all: 1 });
    expect(diversity([clip.frames, clip.frames])).toBe(0);
  });
});
