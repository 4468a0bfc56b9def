import type { CompositionPlan, PictureShot } from '../../../src-shared/compose/composition-plan.ts';
import { sourceFrameAt } from '../../../src-shared/compose/pixel-rules.ts';
import { assert } from '../../../src-shared/errors/studio-error.ts';
import type { FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { FFMPEG_GLOBAL, rateArgument } from '../command-line.ts';
import type { Capabilities } from './capabilities.ts';
import { inputArguments, isFullRange, isRgbSource, matrixOf, type ExportSource } from './export-source.ts';
import { picturePieces, type PieceFade } from './picture-pieces.ts';
import type { WorkingFormat } from './working-format.ts';

/** What a graph is built from. Only numbers and names made here get into it; words come as pictures. */
export interface PictureGraphInput {
  readonly plan: CompositionPlan;
  readonly from: number;
  readonly to: number;
  /** The file of an asset. */
  readonly source: (assetId: string) => ExportSource;
  /** The picture of a title or caption and its place; null when nothing of it is seen. */
  readonly text: (textId: string) => { readonly source: ExportSource; readonly x: number; readonly y: number } | null;
  readonly working: WorkingFormat;
  readonly capabilities: Pick<Capabilities, 'filters'>;
}

/** A filter graph with its inputs; `[out]` gives exactly `to - from` frames. */
export interface PictureGraph {
  readonly inputs: readonly string[];
  readonly inputCount: number;
  readonly filters: string;
}

/** Source frames decoded beyond those that are shown. */
const SPARE_FRAMES = 2;

/** Collects inputs and filter chains and hands out labels. */
class GraphBuilder {
  readonly inputs: string[] = [];
  readonly chains: string[] = [];
  #inputs = 0;
  #labels = 0;

  get inputCount(): number {
    return this.#inputs;
  }

  input(args: readonly string[]): string {
    this.inputs.push(...args);
    this.#inputs += 1;
    return `[${this.#inputs - 1}:v:0]`;
  }

  /** Adds `inputs` through `filters` and returns the label of what comes out. */
  chain(inputs: readonly string[], filters: readonly string[]): string {
    this.#labels += 1;
    const label = `[n${this.#labels}]`;
    this.chains.push(`${inputs.join('')}${filters.join(',')}${label}`);
    return label;
  }

  /** The same stream `count` times. */
  split(input: string, count: number): string[] {
    if (count === 1) return [input];
    const labels = Array.from({ length: count }, () => `[n${(this.#labels += 1)}]`);
    this.chains.push(`${input}split=${count}${labels.join('')}`);
    return labels;
  }
}

/** Numbers the frames: frame `n` of the stream is frame `n + first` of the stretch. */
const renumber = (rate: FrameRate, first = 0): string[] => [`settb=${rate.den}/${rate.num}`, `setpts=N+${first}`];

/** Scales a source into its place and into the working colours. Nothing is done that changes nothing. */
function scaleFilters(source: ExportSource, shot: PictureShot, working: WorkingFormat): string[] {
  const { source: part, target } = shot.place;
  const crops = part.x !== 0 || part.y !== 0 || part.width !== source.width || part.height !== source.height;
  const plain = !isRgbSource(source) && !source.hasAlpha && matrixOf(source) === 'bt709' && !isFullRange(source) && source.pixelFormat === 'yuv420p' && working.canvas === 'yuv420p';
  const fits = part.width === target.width && part.height === target.height;
  const to = working.isRgb ? '' : ':out_color_matrix=bt709:out_range=tv';
  const own = isRgbSource(source) ? '' : `:in_color_matrix=${matrixOf(source)}:in_range=${isFullRange(source) ? 'pc' : 'tv'}`;
  return [
    // Cropping counts shown pixels; sources with others are squared first.
    ...(crops ? [`scale=${source.width}:${source.height}`, `crop=${part.width}:${part.height}:${part.x}:${part.y}`] : []),
    ...(plain && fits ? [] : [`scale=${target.width}:${target.height}:flags=bicubic${own}${to}`]),
    `format=${source.hasAlpha ? working.layer : working.isRgb ? 'gbrp' : working.canvas.replace('yuva', 'yuv')}`,
    'setsar=1',
  ];
}

/** Filters that give frames `[from, to)` of a shot at the sequence's rate, each the right source frame; rule 1 of the pixel rules. */
function shotStream(graph: GraphBuilder, input: PictureGraphInput, shot: PictureShot, from: number, to: number): string {
  const { plan: { frameRate }, working, capabilities } = input;
  const source = input.source(shot.assetId);
  const count = to - from;
  const scale = scaleFilters(source, shot, working);
  if (shot.sourceRate === null) {
    return graph.chain([graph.input(inputArguments(source, { from: 0, length: null }))], [...scale, 'loop=loop=-1:size=1:start=0', ...renumber(frameRate), `trim=end_frame=${count}`]);
  }
  const { num, den } = shot.sourceRate;
  const { offset, step, unit } = shot.frames;
  const k = from - shot.startFrame;
  const first = sourceFrameAt(shot.frames, k);
  const last = sourceFrameAt(shot.frames, to - 1 - shot.startFrame);
  const seconds = (frames: number): number => (frames * den) / num;
  // Half a frame early, so that rounded time stamps cannot lose the first frame.
  const seek = first === 0 ? 0 : first - 0.5;
  const label = graph.input(inputArguments(source, { from: seconds(seek), length: seconds(last - seek + SPARE_FRAMES) }));
  // The exact number of the source frame, then the first output frame that shows it; thousandths of a frame are fine enough for the clock.
  const sourceFrame = `round(PTS*TB*${num}/${den}+${seek})`;
  const timing = [
    `settb=${frameRate.den}/${frameRate.num * 1000}`,
    `setpts='1000*max(0,ceil((${sourceFrame}*${unit}-(${offset + step * k}))/${step}-0.000001))'`,
    `fps=fps=${rateArgument(frameRate)}:start_time=0:round=near`,
  ];
  const hold = capabilities.filters.has('tpad') ? ['tpad=stop=-1:stop_mode=clone'] : [`loop=loop=-1:size=1:start=${lastFreshFrame(shot, k, count)}`];
  const slows = step < unit;
  return graph.chain([label], slows
    ? [...scale, ...timing, ...hold, ...renumber(frameRate), `trim=end_frame=${count}`]
    : [...timing, ...scale, ...hold, ...renumber(frameRate), `trim=end_frame=${count}`]);
}

/** The last frame of a run that shows a source frame of its own and not the held last one. */
function lastFreshFrame({ frames }: PictureShot, k: number, count: number): number {
  if (frames.frames === null) return 0;
  const reached = Math.ceil(((frames.frames - 1) * frames.unit - frames.offset) / frames.step) - k;
  return Math.max(0, Math.min(count - 1, reached));
}

/** Alpha of a layer: its opacity and its fade. Ramps run on a clock of their own, one frame ahead, so that neither end is wasted. */
function alphaFilters(opacity: number, fade: PieceFade | null, working: WorkingFormat, rate: FrameRate): string[] {
  const filters = [`format=${working.layer}`];
  if (opacity < 1) filters.push(`lut=c3='round(val*${opacity.toFixed(6)})'`);
  if (fade !== null) {
    const duration = (((fade.length + 1) * rate.den) / rate.num).toFixed(6);
    filters.push(`settb=${rate.den}/${rate.num}`, `setpts=N+${fade.index + 1}`, `fade=t=${fade.direction === 'rise' ? 'in' : 'out'}:st=0:d=${duration}:alpha=1`);
  }
  return filters;
}

const overlay = (x: number, y: number, working: WorkingFormat): string => `overlay=x=${x}:y=${y}:eval=init:format=${working.overlay}:eof_action=pass`;

/** Builds the graph for a stretch of timeline. Labels and numbers only: no text of a person is ever part of it. */
export function pictureGraph(input: PictureGraphInput): PictureGraph {
  const { plan, from, to, working } = input;
  const { frameRate, width, height } = plan;
  const graph = new GraphBuilder();
  const pieces = picturePieces(plan, from, to);

  // Each shot is decoded once per unbroken run and handed to all pieces that show it.
  const runs: { readonly shot: PictureShot; from: number; to: number; readonly takers: { from: number; to: number; label: string }[] }[] = [];
  const take = (shot: PictureShot, begin: number, end: number): { from: number; to: number; label: string } => {
    const taker = { from: begin, to: end, label: '' };
    const run = runs.find((other) => other.shot.id === shot.id && begin <= other.to && end >= other.from);
    if (run === undefined) runs.push({ shot, from: begin, to: end, takers: [taker] });
    else {
      run.takers.push(taker);
      run.from = Math.min(run.from, begin);
      run.to = Math.max(run.to, end);
    }
    return taker;
  };
  const base = pieces.base.map((piece) => ({ piece, taker: piece.shot === null ? null : take(piece.shot, piece.from, piece.to) }));
  const overlays = pieces.overlays.map((piece) => ({
    piece,
    takers: piece.type === 'shot' ? [take(piece.shot, piece.from, piece.to)] : piece.type === 'dissolve' ? [piece.dissolve.first, piece.dissolve.second].map((shot) => take(shot, piece.from, piece.to)) : [],
  }));
  for (const run of runs) {
    const stream = shotStream(graph, input, run.shot, run.from, run.to);
    for (const [index, label] of graph.split(stream, run.takers.length).entries()) {
      const taker = run.takers[index];
      assert(taker !== undefined, 'every branch of a shot has a taker');
      const whole = taker.from === run.from && taker.to === run.to;
      taker.label = whole ? label : graph.chain([label], [`trim=start_frame=${taker.from - run.from}:end_frame=${taker.to - run.from}`, ...renumber(frameRate)]);
    }
  }

  const empty = working.hasAlpha ? 'black@0' : 'black';
  const baseLabels = base.map(({ piece, taker }) =>
    taker === null
      ? graph.chain([], [`color=c=${empty}:s=${width}x${height}:r=${rateArgument(frameRate)}`, `trim=end_frame=${piece.to - piece.from}`, `format=${working.canvas}`, 'setsar=1', ...renumber(frameRate)])
      : graph.chain([taker.label], [...cropToCanvas(piece.shot, plan), `format=${working.canvas}`, 'setsar=1']));
  let canvas = graph.chain(baseLabels, [...(baseLabels.length > 1 ? [`concat=n=${baseLabels.length}:v=1:a=0`] : ['null']), ...renumber(frameRate)]);

  const lay = (under: string, taker: { readonly label: string }, shot: PictureShot, start: number, fade: PieceFade | null): string => {
    const layer = graph.chain([taker.label], [...alphaFilters(shot.opacity, fade, working, frameRate), ...renumber(frameRate, start)]);
    return graph.chain([under, layer], [overlay(shot.place.target.x, shot.place.target.y, working)]);
  };
  for (const { piece, takers } of overlays) {
    const start = piece.from - from;
    if (piece.type === 'text') {
      const words = input.text(piece.shot.id);
      if (words === null) continue;
      const label = graph.input(inputArguments(words.source, { from: 0, length: null }));
      const matrix = working.isRgb ? '' : ':out_color_matrix=bt709:out_range=tv';
      const layer = graph.chain([label], [`scale=${words.source.width}:${words.source.height}${matrix}`, `format=${working.layer}`, 'setsar=1', 'loop=loop=-1:size=1:start=0', ...renumber(frameRate, start), `trim=end_frame=${piece.to - piece.from}`]);
      canvas = graph.chain([canvas, layer], [overlay(words.x, words.y, working)]);
    } else if (piece.type === 'shot') {
      const [taker] = takers;
      assert(taker !== undefined, 'a shot piece has its stream');
      canvas = lay(canvas, taker, piece.shot, start, piece.fade);
    } else {
      canvas = dissolveOver(graph, input, piece, takers, canvas, lay);
    }
  }
  graph.chains.push(`${canvas}format=${working.canvas}[out]`);
  return { inputs: graph.inputs, inputCount: graph.inputCount, filters: graph.chains.join(';') };
}

/** A full picture that reaches beyond the canvas, cut to it. */
function cropToCanvas(shot: PictureShot | null, { width, height }: CompositionPlan): string[] {
  if (shot === null) return [];
  const { x, y, width: wide, height: high } = shot.place.target;
  return x === 0 && y === 0 && wide === width && high === height ? [] : [`crop=${width}:${height}:${-x}:${-y}`];
}

/** Rule 5 where pictures do not cover everything: what is below with the first, becoming what is below with the second. */
function dissolveOver(
  graph: GraphBuilder, { plan, from, to, working, capabilities }: PictureGraphInput,
  piece: { readonly dissolve: { readonly first: PictureShot; readonly second: PictureShot; readonly from: number; readonly length: number }; readonly from: number; readonly to: number },
  takers: readonly { readonly label: string }[], canvas: string,
  lay: (under: string, taker: { readonly label: string }, shot: PictureShot, start: number, fade: PieceFade | null) => string,
): string {
  const { first, second, from: begins, length } = piece.dissolve;
  const [one, two] = takers;
  assert(one !== undefined && two !== undefined, 'a dissolve has two streams');
  const rate = plan.frameRate;
  const [start, end] = [piece.from - from, piece.to - from];
  const index = piece.from - begins;
  // Before ffmpeg 4.3 a dissolve between transparent pictures is only nearly right: what only the first covers stays a little too long.
  if (!working.hasAlpha || !capabilities.filters.has('xfade')) {
    const [whole = '', part = ''] = graph.split(canvas, 2);
    const during = graph.chain([part], [`trim=start_frame=${start}:end_frame=${end}`, ...renumber(rate)]);
    const after = graph.chain([lay(during, two, second, 0, null)], [...alphaFilters(1, { direction: 'rise', index, length }, working, rate), ...renumber(rate, start)]);
    return graph.chain([lay(whole, one, first, start, null), after], [overlay(0, 0, working)]);
  }
  // With transparency both sides count by their alpha: mixed premultiplied, and put between what was before and what comes behind.
  const cuts = [[0, start], [start, end], [start, end], [end, to - from]] as const;
  const labels = graph.split(canvas, 4).map((label, place) => graph.chain([label], [`trim=start_frame=${cuts[place]?.[0] ?? 0}:end_frame=${cuts[place]?.[1] ?? 0}`, ...renumber(rate)]));
  const mixed = ([[labels[1], one, first], [labels[2], two, second]] as const).map(([under, taker, shot]) => graph.chain([lay(under ?? '', taker, shot, 0, null)], ['premultiply=inplace=1']));
  const duration = (((length + 1) * rate.den) / rate.num).toFixed(6);
  const ahead = ((-(index + 1) * rate.den) / rate.num).toFixed(6);
  const between = graph.chain(mixed, [`xfade=transition=fade:duration=${duration}:offset=${ahead}`, 'unpremultiply=inplace=1', `format=${working.canvas}`, ...renumber(rate)]);
  const parts = [...(start > 0 ? [labels[0] ?? ''] : []), between, ...(to - from > end ? [labels[3] ?? ''] : [])];
  for (const [place, isUsed] of [[0, start > 0], [3, to - from > end]] as const) if (!isUsed) graph.chains.push(`${labels[place] ?? ''}nullsink`);
  return graph.chain(parts, [...(parts.length > 1 ? [`concat=n=${parts.length}:v=1:a=0`] : ['null']), ...renumber(rate)]);
}

/** Arguments of the ffmpeg that composes a stretch and writes its raw frames to standard output. */
export function composeArguments(graph: PictureGraph, rate: FrameRate, working: WorkingFormat): string[] {
  return [...FFMPEG_GLOBAL, ...graph.inputs, '-filter_complex', graph.filters, '-map', '[out]', '-r', rateArgument(rate), '-pix_fmt', working.canvas, '-f', 'rawvideo', 'pipe:1'];
}
