import { describe, expect, it } from 'vitest';
import { buildSceneGraph, lastStageNodes, type SceneGraph, type SceneNode } from '../../src-shared/build/scene-graph.ts';
import { changedNodes, eventsOf, keyNodes, neededNodes, type KeyedNode } from '../../src-shared/build/scene-keys.ts';
import { layOutScene, wordWeight } from '../../src-shared/build/scene-layout.ts';
import { hasTextPerFrame } from '../../src-shared/build/scene-part.ts';
import type { SceneEvent } from '../../src-shared/recipe/scene-script.ts';
import { STAGE_NAMES } from '../../src-shared/recipe/stage-name.ts';
import { sceneEvent, sceneRecipe } from './scene-fixture.ts';

const GRID = { stride: 4, window: 8 };
const events = [0, 1, 2, 3, 4].map((index) => sceneEvent(index));
const graphOf = (from: readonly SceneEvent[]) => buildSceneGraph(sceneRecipe(from), GRID);
const keyed = (from: readonly SceneEvent[]): Promise<readonly KeyedNode[]> => keyNodes(graphOf(from), sceneRecipe(from));
const ids = (nodes: readonly SceneNode[]) => nodes.map(({ id }) => id);
const edited = (index: number, change: Partial<SceneEvent>) => events.map((event, at) => (at === index ? { ...event, ...change } : event));

/** Everything that must hold for any scene: order, bounds, and that every frame belongs to exactly one node. */
function expectSound({ layout, nodes }: SceneGraph): void {
  const before = new Map<string, SceneNode>();
  for (const node of nodes) {
    for (const source of [...node.input, ...node.known]) {
      if (source.kind === 'image') continue;
      const read = before.get(source.node);
      expect(read, `${node.id} reads ${source.node}`).toBeTypeOf('object');
      expect(source.from).toBeGreaterThanOrEqual(0);
      expect(source.from + source.count).toBeLessThanOrEqual(read!.part.frames);
    }
    expect(node.known.length).toBe(node.part.knownFrames.length);
    expect(node.looks?.length).toBe(node.part.looks?.length);
    for (const { from, count } of node.part.looks ?? []) expect([from >= 0, count > 0, from + count <= node.part.frames]).toEqual([true, true, true]);
    expect([1, node.part.frames]).toContain(node.part.mix.length);
    for (const row of node.part.mix) expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
    expect(node.own.from + node.own.count).toBeLessThanOrEqual(node.part.frames);
    const inputFrames = node.input.reduce((sum, source) => sum + (source.kind === 'node' ? source.count : 1), 0);
    if (node.stage === 'interpolation') expect((inputFrames - 1) * GRID.stride + 1).toBe(node.part.frames);
    else if (node.stage !== 'keyframes') expect(inputFrames).toBe(node.part.frames);
    before.set(node.id, node);
  }
  for (const stage of STAGE_NAMES) {
    const owners = nodes.filter((node) => node.stage === stage && node.own.count > 0).toSorted((a, b) => a.own.start - b.own.start);
    let at = 0;
    for (const { own } of owners) {
      expect(own.start).toBe(at);
      at += own.count;
    }
    expect(at).toBe(stage === 'keyframes' ? layout.keyframes : (layout.keyframes - 1) * GRID.stride + 1);
  }
}

describe('layout', () => {
  it('puts events on keyframes and cuts handles that meet', () => {
    const { spans, keyframes, frames } = layOutScene([sceneEvent(0, { durationFrames: 30 }), sceneEvent(1, { durationFrames: 9, blendIn: 40, blendOut: 40 }), sceneEvent(2)], GRID);
    expect([frames, keyframes]).toEqual([71, 19]);
    expect(spans.map(({ first, end, firstKept, endKept }) => [first, end, firstKept, endKept])).toEqual([[0, 8, 0, 6], [8, 10, 8, 9], [10, 19, 12, 19]]);
  });

  it('names an event that is too short to hold a keyframe', () => {
    expect(() => layOutScene([sceneEvent(0), sceneEvent(1, { durationFrames: 2 }), sceneEvent(2, { durationFrames: 33 })], GRID)).not.toThrow();
    expect(() => layOutScene([sceneEvent(0), sceneEvent(1), sceneEvent(2, { durationFrames: 2 }), sceneEvent(3, { durationFrames: 1 }), sceneEvent(4)], GRID)).toThrow(/too short: give it at least 4 frames/);
  });

  it('fades words between the handles, smoothly, and switches at once without any', () => {
    const [before, after] = layOutScene([sceneEvent(0), sceneEvent(1)], GRID).spans;
    expect([24, 28, 32, 36, 40].map((frame) => wordWeight(frame, before!, after!, 4))).toEqual([0, 0.15625, 0.5, 0.84375, 1]);
    const [cut, next] = layOutScene([sceneEvent(0, { blendOut: 0 }), sceneEvent(1, { blendIn: 0 })], GRID).spans;
    expect([31, 32].map((frame) => wordWeight(frame, cut!, next!, 4))).toEqual([0, 1]);
    expect([cut!.endKept, next!.firstKept]).toEqual([6, 10]);
  });
});

describe('graph', () => {
  it('is sound for scenes of many shapes', () => {
    let state = 12345;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    for (let round = 0; round < 100; round += 1) {
      const scene = Array.from({ length: 1 + random(6) }, (_, index) => sceneEvent(index, {
        durationFrames: 4 + random(80), blendIn: random(20), blendOut: random(20), strength: random(2) === 0 ? 1 : 0.7,
        startImage: random(5) === 0 ? 'b'.repeat(64) : null, endImage: random(5) === 0 ? 'c'.repeat(64) : null, ...(random(3) === 0 ? { look: { image: 'd'.repeat(64), strength: 0.5 } } : {}),
      }));
      expectSound(graphOf(scene));
    }
  });

  it('bounds what one node holds, however long a scene is', () => {
    const graph = graphOf([sceneEvent(0, { durationFrames: 480 })]);
    expectSound(graph);
    expect(Math.max(...graph.nodes.filter(({ stage }) => stage !== 'keyframes').map(({ part }) => part.frames))).toBeLessThanOrEqual(33);
    expect(lastStageNodes(graph).length).toBe(15);
  });

  it('gives events one text and seams a fade; the words of weak events lean on the global prompt', () => {
    const { nodes } = graphOf(edited(1, { strength: 0.5 }));
    for (const node of nodes) expect(hasTextPerFrame(node.part)).toBe(node.region.kind === 'seam');
    expect(nodes.find(({ id }) => id === 'keyframes/event1')?.part).toMatchObject({ texts: [{ prompt: 'a blue bird flies right' }, { prompt: 'at sea' }], mix: [[0.5, 0.5]] });
  });

  it('fixes pictures where they stand', () => {
    const { nodes } = graphOf(edited(2, { startImage: 'b'.repeat(64) }));
    const image = { kind: 'image', sha256: 'b'.repeat(64) };
    expect(nodes.find(({ id }) => id === 'keyframes/event2')).toMatchObject({ known: [image], part: { knownFrames: [0] }, own: { start: 16, from: 0 } });
    expect(nodes.find(({ id }) => id === 'superResolution1/event2/0')).toMatchObject({ known: [image], part: { knownFrames: [0] } });
    expect(nodes.every(({ part }) => part.knownStrengths === undefined)).toBe(true);
    // A weaker one leads its key frame alone; the later stages enlarge what became of it.
    const weak = graphOf(edited(2, { startImage: 'b'.repeat(64), startStrength: 0.3, endImage: 'c'.repeat(64) })).nodes;
    expect(weak.find(({ id }) => id === 'keyframes/event2')).toMatchObject({ part: { knownStrengths: [0.3, 1] } });
    const later = weak.find(({ id }) => id === 'superResolution1/event2/0')!;
    expect(later.known.map((source) => source.kind === 'image' && source.sha256[0])).toEqual(['c']);
  });
});

describe('keys', () => {
  it('an edit of event 3 of 5 makes its body and its two seams stale, at every stage, and nothing else', async () => {
    const changed = changedNodes(await keyed(events), await keyed(edited(2, { prompt: 'a purple kite rises' })));
    expect(ids(changed)).toEqual([
      'keyframes/event2', 'keyframes/event1|event2', 'keyframes/event2|event3',
      ...['interpolation', 'superResolution1', 'superResolution2'].flatMap((stage) => [`${stage}/event2/0`, `${stage}/event1|event2/0`, `${stage}/event2|event3/0`]),
    ]);
    expect([...eventsOf(changed)].toSorted()).toEqual(['event1', 'event2', 'event3']);
  });

  it('everything that can be said of one event reaches its body and its seams at every stage, and no other event', async () => {
    const base = await keyed(events);
    const motion = { sha256: 'e'.repeat(64), strength: 0.7, noiseMix: 0 };
    for (const change of [{ seedOffset: 3 }, { prompt: 'a red fish swims left, watercolor' }, { negativePrompt: 'fog' }, { strength: 0.4 }, { motions: [motion] }, { startImage: 'f'.repeat(64) }, { endImage: 'f'.repeat(64) }, { look: { image: 'f'.repeat(64), strength: 0.5 } }]) {
      const changed = changedNodes(base, await keyed(edited(2, change)));
      expect(ids(changed), JSON.stringify(change)).toEqual(expect.arrayContaining(['keyframes/event2', 'superResolution2/event2/0']));
      for (const { region } of changed) expect(region.kind === 'event' ? [region.eventId] : [region.before, region.after], JSON.stringify(change)).toContain('event2');
    }
  });

  it('names and places do not count: a moved event keeps its body', async () => {
    const [first, second, third, ...rest] = events;
    const changed = changedNodes(await keyed(events), await keyed([second!, first!, third!, ...rest]));
    expect(changed.every(({ region }) => region.kind === 'seam' || region.eventId === 'event0' || region.eventId === 'event1')).toBe(true);
    expect(ids(changed)).not.toContain('keyframes/event0');
    expect(ids(changed)).not.toContain('keyframes/event1');
    expect(changedNodes(await keyed(events), await keyed(events.map((event, index) => ({ ...event, id: `renamed${index}` }))))).toEqual([]);
  });

  it('a seed offset belongs to its event; the scene seed, the model and the steps to all', async () => {
    const base = await keyed(events);
    expect(ids(changedNodes(base, await keyed(edited(4, { seedOffset: 3 })))).filter((id) => id.startsWith('keyframes'))).toEqual(['keyframes/event4', 'keyframes/event3|event4']);
    for (const more of [{ seed: 8 }, { pack: { id: 'motif-mini', version: '1', sha256: 'd'.repeat(64) } }]) {
      const recipe = sceneRecipe(events, more);
      expect(changedNodes(base, await keyNodes(buildSceneGraph(recipe, GRID), recipe)).length).toBe(base.length);
    }
    const recipe = sceneRecipe(events, { stages: sceneRecipe(events).stages.map((settings) => (settings.stage === 'superResolution2' ? { ...settings, strength: 0.9 } : settings)) });
    expect(new Set(changedNodes(base, await keyNodes(buildSceneGraph(recipe, GRID), recipe)).map(({ stage }) => stage))).toEqual(new Set(['superResolution2']));
  });

  it('needs only what leads to what is wanted', async () => {
    const nodes = await keyed(events);
    const wanted = new Set(nodes.filter(({ stage, region }) => stage === 'superResolution2' && region.kind === 'event' && region.eventId === 'event1').map(({ id }) => id));
    expect(ids(neededNodes(nodes, wanted, () => false))).toEqual(['keyframes/event1', 'interpolation/event1/0', 'superResolution1/event1/0', 'superResolution2/event1/0']);
    const half = nodes.find(({ id }) => id === 'superResolution1/event1/0')!.key;
    expect(ids(neededNodes(nodes, wanted, (key) => key === half))).toEqual(['superResolution2/event1/0']);
  });
});

it('gives every keyframe one noise, in its body and in a seam', () => {
  const { nodes, layout } = graphOf(edited(3, { seedOffset: 5 }));
  const noiseOf = (id: string) => nodes.find((node) => node.id === id)!.part.noise.flatMap(({ seed, from, count }) => Array.from({ length: count }, (_, index) => `${seed}/${from + index}`));
  const [, , third, fourth] = layout.spans;
  const seam = noiseOf('keyframes/event2|event3');
  const scene = [...noiseOf('keyframes/event2'), ...noiseOf('keyframes/event3')];
  // Half a window of kept keyframes on each side of the four that the seam draws.
  const start = third!.endKept - GRID.window / 2 - third!.first;
  expect(seam).toEqual(scene.slice(start, start + seam.length));
  expect([third!.first, fourth!.first, seam.length]).toEqual([16, 24, 12]);
  expect(seam.at(-1)).toBe('12/5');
});
