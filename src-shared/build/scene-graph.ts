import { assert } from '../errors/studio-error.ts';
import type { Recipe } from '../recipe/recipe.ts';
import type { SceneEvent, SceneScript } from '../recipe/scene-script.ts';
import type { StageName } from '../recipe/stage-name.ts';
import { layOutScene, wordWeight } from './scene-layout.ts';
import type { EventSpan, SceneGrid, SceneLayout } from './scene-layout.ts';
import type { LookStretch, ScenePart, SceneText } from './scene-part.ts';

/** Some frames of another node's output, or a picture. */
export type FrameSource =
  | { readonly kind: 'node'; readonly node: string; readonly from: number; readonly count: number }
  | { readonly kind: 'image'; readonly sha256: string };

/** Where a node lies: in an event, or between two. */
export type SceneRegion = { readonly kind: 'event'; readonly eventId: string } | { readonly kind: 'seam'; readonly before: string; readonly after: string };

/** One engine run of the build graph. Its output is kept under a key of its content. */
export interface SceneNode {
  readonly id: string;
  readonly stage: StageName;
  readonly region: SceneRegion;
  readonly part: ScenePart;
  readonly seed: number;
  readonly motions: SceneEvent['motions'];
  /** Output of the stage before, in order; empty for keyframes. */
  readonly input: readonly FrameSource[];
  /** What the part's known frames show, one source per frame. */
  readonly known: readonly FrameSource[];
  /** The pictures of the part's looks; left out where it has none. */
  readonly looks?: readonly FrameSource[];
  /** Frames of the scene (at this stage's rate) that this node settles, and where they lie in its output. */
  readonly own: { readonly start: number; readonly count: number; readonly from: number };
}

/** The build graph of a scene: nodes in an order in which they can run. */
export interface SceneGraph {
  readonly layout: SceneLayout;
  readonly nodes: readonly SceneNode[];
}

/** Intervals between keyframes that one node of a later stage covers at most: memory stays the same however long a scene is. */
const INTERVALS_PER_NODE = 8;

/** A recipe that makes a scene. */
export type SceneRecipe = Recipe & { readonly scene: SceneScript };

/** Tells scenes from single clips. */
export const isSceneRecipe = (recipe: Recipe): recipe is SceneRecipe => recipe.scene !== undefined;

/** Frames of the scene that follow each other in one event or in one seam, between keyframes `first` and `last` (inclusive). */
interface Stretch {
  readonly name: string;
  readonly region: SceneRegion;
  readonly first: number;
  readonly last: number;
  /** Frames at its ends belong to its neighbours: it is a seam. */
  readonly between: { readonly before: EventSpan; readonly after: EventSpan } | null;
  readonly span: EventSpan;
}

/** Builds the graph of a scene's recipe. Pure: the same recipe and grid give the same graph. */
export function buildSceneGraph(recipe: SceneRecipe, grid: SceneGrid): SceneGraph {
  const { events, globalPrompt } = recipe.scene;
  const layout = layOutScene(events, grid);
  const { spans } = layout;
  const seedOf = (event: SceneEvent): number => (recipe.seed + event.seedOffset) % 0x1_0000_0000;
  const words = { globalPrompt, negativePrompt: recipe.negativePrompt };
  const nodes: SceneNode[] = [];

  for (const span of spans) nodes.push(bodyKeyframes(span, words, seedOf(span.event)));
  for (const [index, span] of spans.entries()) {
    const after = spans[index + 1];
    if (after === undefined) continue;
    const seam = seamKeyframes(span, after, words, [seedOf(span.event), seedOf(after.event)], grid);
    if (seam !== null) nodes.push(seam);
  }

  const stretches = stretchesOf(spans);
  const stages = recipe.stages.map(({ stage }) => stage).filter((stage) => stage !== 'keyframes');
  for (const stage of stages) for (const stretch of stretches) nodes.push(...laterNodes(stage, stretch, stretches, layout, words, seedOf(stretch.span.event), grid));
  return { layout, nodes };
}

/** Nodes whose frames make up the finished scene, in order of time. */
export function lastStageNodes({ nodes }: SceneGraph): readonly SceneNode[] {
  const stage = nodes.at(-1)?.stage;
  return nodes.filter((node) => node.stage === stage && node.own.count > 0).toSorted((a, b) => a.own.start - b.own.start);
}

/** Nodes that a node reads. */
export const dependenciesOf = (node: SceneNode): readonly string[] => [...new Set([...node.input, ...node.known].flatMap((source) => (source.kind === 'node' ? [source.node] : [])))];

interface Words {
  readonly globalPrompt: string;
  readonly negativePrompt: string;
}

/** Texts of some events and, where one of them is not at full strength, of the global prompt; `rows` mixes over the events. */
function mixedText(events: readonly SceneEvent[], rows: readonly (readonly number[])[], words: Words): Pick<ScenePart, 'texts' | 'mix'> {
  const join = (event: SceneEvent): SceneText => ({ prompt: event.prompt, negativePrompt: event.negativePrompt === '' ? words.negativePrompt : event.negativePrompt });
  const texts = events.map(join);
  if (events.every(({ strength }) => strength === 1)) return { texts, mix: rows };
  const weak = (row: readonly number[]): number[] => {
    const own = row.map((weight, index) => weight * (events[index]?.strength ?? 1));
    return [...own, 1 - own.reduce((sum, weight) => sum + weight, 0)];
  };
  return { texts: [...texts, { prompt: words.globalPrompt, negativePrompt: words.negativePrompt }], mix: rows.map(weak) };
}

/** Pictures that lead stretches of a part: `spans` are its events, with their frames in it. */
function looksOf(spans: readonly { readonly event: SceneEvent; readonly from: number; readonly count: number }[]): { readonly looks: readonly FrameSource[]; readonly stretches: readonly LookStretch[] } | null {
  const led = spans.flatMap(({ event: { look }, from, count }) => (look === undefined || count < 1 ? [] : [{ image: look.image, stretch: { from, count, strength: look.strength } }]));
  return led.length === 0 ? null : { looks: led.map(({ image }) => ({ kind: 'image', sha256: image })), stretches: led.map(({ stretch }) => stretch) };
}

const bodyId = ({ event }: EventSpan): string => `keyframes/${event.id}`;
const seamName = (before: EventSpan, after: EventSpan): string => `${before.event.id}|${after.event.id}`;

function bodyKeyframes(span: EventSpan, words: Words, seed: number): SceneNode {
  const { event, first, end, firstKept, endKept } = span;
  const images = [[event.startImage, event.startStrength] as const, [event.endImage, event.endStrength] as const].flatMap(([sha256, strength = 1], at): { frame: number; strength: number; source: FrameSource }[] =>
    (sha256 === null ? [] : [{ frame: at === 0 ? 0 : end - first - 1, strength, source: { kind: 'image', sha256 } }]));
  // An event of a single keyframe shows its start image.
  const known = images.filter(({ frame }, index) => index === 0 || frame !== images[0]?.frame);
  const led = looksOf([{ event, from: 0, count: end - first }]);
  return {
    id: bodyId(span), stage: 'keyframes', region: { kind: 'event', eventId: event.id }, seed, motions: event.motions, input: [], known: known.map(({ source }) => source),
    part: { frames: end - first, noise: [{ seed, from: 0, count: end - first }], knownFrames: known.map(({ frame }) => frame), ...(known.some(({ strength }) => strength < 1) && { knownStrengths: known.map(({ strength }) => strength) }), ...(led && { looks: led.stretches }), ...mixedText([event], [[1]], words) },
    ...(led && { looks: led.looks }),
    own: { start: firstKept, count: endKept - firstKept, from: firstKept - first },
  };
}

/**
 * Kept keyframes that a seam sees on its left and right, and the free ones between. Half a window of each side, so that the seam's windows lie
 * much as those of its neighbours did: a model has learned where in a window things begin and end, and a window around the seam alone would
 * begin the old path anew.
 */
function seamContext(before: EventSpan, after: EventSpan, window: number): { readonly left: number; readonly free: number; readonly right: number } {
  const free = after.firstKept - before.endKept;
  const context = Math.max(1, Math.ceil(window / 2), Math.ceil((window - free) / 2));
  return { free, left: Math.min(context, before.endKept - before.firstKept), right: Math.min(context, after.endKept - after.firstKept) };
}

/** Keyframes between two bodies: drawn with the bodies' nearest kept keyframes fixed on both sides. Null where nothing blends. */
function seamKeyframes(before: EventSpan, after: EventSpan, words: Words, [seed, seedAfter]: readonly [number, number], { stride, window }: SceneGrid): SceneNode | null {
  const { left, free, right } = seamContext(before, after, window);
  if (free === 0) return null;
  const first = before.endKept - left;
  const frames = left + free + right;
  const rows = Array.from({ length: frames }, (_, frame) => {
    const weight = wordWeight((first + frame) * stride, before, after, stride);
    return [1 - weight, weight];
  });
  // Each side keeps its own event's look: the words blend, and the known frames beside it say the rest.
  const border = before.end - first;
  const led = looksOf([{ event: before.event, from: 0, count: border }, { event: after.event, from: border, count: frames - border }]);
  return {
    id: `keyframes/${seamName(before, after)}`, stage: 'keyframes', region: { kind: 'seam', before: before.event.id, after: after.event.id },
    seed, motions: before.event.motions, input: [],
    known: [...keyframeSources(before, first, left), ...keyframeSources(after, after.firstKept, right)],
    part: {
      frames,
      // Every keyframe starts from the noise that its event's body gave it, on whichever side of the border it lies: a known
      // frame then meets the very noise that it was drawn from.
      noise: [{ seed, from: first - before.first, count: before.end - first }, { seed: seedAfter, from: 0, count: after.firstKept + right - after.first }],
      ...mixedText([before.event, after.event], rows, words),
      knownFrames: [...Array.from({ length: left }, (_, frame) => frame), ...Array.from({ length: right }, (_, frame) => left + free + frame)],
      ...(led && { looks: led.stretches }),
    },
    ...(led && { looks: led.looks }),
    own: { start: before.endKept, count: free, from: left },
  };
}

/** One source per keyframe `first` to `first + count`, out of a body. */
const keyframeSources = (span: EventSpan, first: number, count: number): FrameSource[] => Array.from({ length: count }, (_, index) => ({ kind: 'node', node: bodyId(span), from: first + index - span.first, count: 1 }));

/** Events first, then seams: a seam needs its neighbours' frames. */
function stretchesOf(spans: readonly EventSpan[]): Stretch[] {
  const bodies = spans.map((span): Stretch => ({ name: span.event.id, region: { kind: 'event', eventId: span.event.id }, first: span.firstKept, last: span.endKept - 1, between: null, span }));
  const seams = spans.slice(1).map((after, index): Stretch => {
    const before = spans[index];
    assert(before !== undefined, 'a seam has a neighbour on its left');
    return {
      name: seamName(before, after), region: { kind: 'seam', before: before.event.id, after: after.event.id }, first: before.endKept - 1, last: after.firstKept, between: { before, after }, span: before,
    };
  });
  return [...bodies, ...seams];
}

/** First keyframe of each node of a stretch, and its last keyframe. */
function cuts({ first, last }: Stretch): { readonly first: number; readonly last: number }[] {
  const pieces = Math.max(1, Math.ceil((last - first) / INTERVALS_PER_NODE));
  const at = (piece: number): number => first + Math.round(((last - first) * piece) / pieces);
  return Array.from({ length: pieces }, (_, piece) => ({ first: at(piece), last: at(piece + 1) }));
}

const laterId = (stage: StageName, stretch: Stretch, piece: number): string => `${stage}/${stretch.name}/${piece}`;

/** Nodes of a stage behind keyframes. Each covers the frames between two keyframes, ends included; ends are shared. */
function laterNodes(
  stage: StageName, stretch: Stretch, stretches: readonly Stretch[], layout: SceneLayout, words: Words, seed: number, { stride, window }: SceneGrid,
): SceneNode[] {
  const pieces = cuts(stretch);
  return pieces.map(({ first, last }, piece): SceneNode => {
    const frames = (last - first) * stride + 1;
    const start = first * stride;
    const isSeam = stretch.between !== null;
    const isLast = piece === pieces.length - 1;
    const lateral = knownNeighbours(stage, stretch, stretches, piece, frames, stride);
    // A seam leaves the frames at its ends to its neighbours; inside a stretch, a shared frame is the later node's.
    const from = isSeam && piece === 0 ? 1 : 0;
    const count = frames - from - (isSeam || !isLast ? 1 : 0);
    return {
      id: laterId(stage, stretch, piece), stage, region: stretch.region, seed, motions: [],
      input: stage === 'interpolation' ? keyframeInput(first, last, stretch, layout, window) : [{ kind: 'node', node: laterId(stageBefore(stage), stretch, piece), from: 0, count: frames }],
      known: lateral.map(({ source }) => source),
      part: { frames, noise: [{ seed, from: start - stretch.first * stride, count: frames }], knownFrames: lateral.map(({ frame }) => frame), ...frameText(stretch, start, frames, words, stride) },
      own: { start: start + from, count, from },
    };
  });
}

function stageBefore(stage: StageName): StageName {
  return stage === 'superResolution2' ? 'superResolution1' : 'interpolation';
}

/** Keyframes `first` to `last` inclusive, from the nodes that settle them. */
function keyframeInput(first: number, last: number, { between }: Stretch, layout: SceneLayout, window: number): FrameSource[] {
  const sources: FrameSource[] = [];
  for (let keyframe = first; keyframe <= last; keyframe += 1) {
    const owner = layout.spans.find(({ firstKept, endKept }) => keyframe >= firstKept && keyframe < endKept);
    const [node, from] = owner !== undefined ? [bodyId(owner), keyframe - owner.first] : inSeam(keyframe, between, window);
    const previous = sources.at(-1);
    if (previous?.kind === 'node' && previous.node === node && previous.from + previous.count === from) sources[sources.length - 1] = { ...previous, count: previous.count + 1 };
    else sources.push({ kind: 'node', node, from, count: 1 });
  }
  return sources;
}

function inSeam(keyframe: number, between: Stretch['between'], window: number): readonly [string, number] {
  assert(between !== null, 'a keyframe that no event keeps lies in a seam');
  const { before, after } = between;
  return [`keyframes/${seamName(before, after)}`, keyframe - before.endKept + seamContext(before, after, window).left];
}

/** What neighbours give to a node of the super-resolutions: the frames that it shares with them, and pictures that are held to the end; weaker ones have become key frames. */
function knownNeighbours(stage: StageName, stretch: Stretch, stretches: readonly Stretch[], piece: number, frames: number, stride: number): { readonly frame: number; readonly source: FrameSource }[] {
  if (stage === 'interpolation') return [];
  const pieces = cuts(stretch);
  const isLast = piece === pieces.length - 1;
  const { event } = stretch.span;
  const known: { frame: number; source: FrameSource }[] = [];
  const lastFrameOf = (of: Stretch, index: number): FrameSource => {
    const cut = cuts(of)[index];
    assert(cut !== undefined, 'the neighbouring piece exists');
    return { kind: 'node', node: laterId(stage, of, index), from: (cut.last - cut.first) * stride, count: 1 };
  };
  const bodyOf = (span: EventSpan): Stretch => {
    const body = stretches.find((other) => other.between === null && other.span === span);
    assert(body !== undefined, 'every event has a body');
    return body;
  };
  if (piece > 0) known.push({ frame: 0, source: lastFrameOf(stretch, piece - 1) });
  else if (stretch.between !== null) {
    const body = bodyOf(stretch.between.before);
    known.push({ frame: 0, source: lastFrameOf(body, cuts(body).length - 1) });
  } else if (event.startImage !== null && event.startStrength === undefined) known.push({ frame: 0, source: { kind: 'image', sha256: event.startImage } });
  if (isLast && stretch.between !== null) known.push({ frame: frames - 1, source: { kind: 'node', node: laterId(stage, bodyOf(stretch.between.after), 0), from: 0, count: 1 } });
  else if (isLast && stretch.between === null && event.endImage !== null && event.endStrength === undefined && frames > 1) known.push({ frame: frames - 1, source: { kind: 'image', sha256: event.endImage } });
  return known;
}

/** Words of `frames` frames from `start` on: the event's own, or through a seam the later event's more and more. */
function frameText({ between, span }: Stretch, start: number, frames: number, words: Words, stride: number): Pick<ScenePart, 'texts' | 'mix'> {
  if (between === null) return mixedText([span.event], [[1]], words);
  const rows = Array.from({ length: frames }, (_, frame) => {
    const weight = wordWeight(start + frame, between.before, between.after, stride);
    return [1 - weight, weight];
  });
  return mixedText([between.before.event, between.after.event], rows, words);
}
