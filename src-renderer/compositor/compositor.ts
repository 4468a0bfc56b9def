import type { CompositionPlan, TextShot } from '../../src-shared/compose/composition-plan.ts';
import { layersAt } from '../../src-shared/compose/layers-at.ts';
import { drawText } from '../../src-shared/compose/text/draw-text.ts';
import type { FontChain } from '../../src-shared/compose/text/layout.ts';
import { drawLayers, picturesOf, type LayerMaterial } from './draw-layers.ts';
import { createFrameCache } from './frame-cache.ts';
import type { SourceReader } from './source-reader.ts';

/** Draws the composed timeline on one canvas. */
export interface Compositor {
  /** What is composed from now on; sources that are used again stay open. */
  setPlan(plan: CompositionPlan): void;
  /**
   * Draws a frame. Of several that are asked for while one is decoded the newest comes next, and each that was begun is drawn:
   * a fast hand always sees something.
   */
  show(wish: ShowWish): void;
  /** Opens an asset anew: its stand-in has come. */
  reopen(assetId: string): void;
  close(): void;
}

/** Another frame that shines through the one that is shown. */
export interface Ghost {
  readonly frame: number;
  /** What it is tinted with, so that before and after are told apart. */
  readonly tint: string;
}

export interface ShowWish {
  readonly frame: number;
  /** How many frames behind it are decoded beforehand. */
  readonly ahead: number;
  readonly ghosts: readonly Ghost[];
}

export interface CompositorOptions {
  readonly canvas: HTMLCanvasElement;
  readonly open: (assetId: string, cache: ReturnType<typeof createFrameCache>) => SourceReader | null;
  readonly fonts: () => Promise<FontChain>;
  /** Called after a frame was drawn, with its number. */
  readonly onShown: (frame: number) => void;
  /** What could not be read, in words; null when all of a frame could be. */
  readonly onProblem: (message: string | null) => void;
}

/** Pixels that are kept decoded: a second of 1080p, or half a minute of what the embedded model makes. */
const CACHE_BYTES = 256 * 2 ** 20;

/** How much of a ghost is seen. */
const GHOST_ALPHA = 0.32;

export function createCompositor({ canvas, open, fonts, onShown, onProblem }: CompositorOptions): Compositor {
  const cache = createFrameCache(CACHE_BYTES);
  const readers = new Map<string, SourceReader>();
  const words = new Map<string, { picture: ImageBitmap; x: number; y: number } | null>();
  const context = canvas.getContext('2d')!;
  let scratch = new OffscreenCanvas(2, 2);
  let plan: CompositionPlan | null = null;
  let wanted: ShowWish | null = null;
  let isBusy = false;
  let isClosed = false;

  const readerOf = (assetId: string): SourceReader | null => {
    const known = readers.get(assetId);
    if (known) return known;
    const reader = open(assetId, cache);
    if (reader) readers.set(assetId, reader);
    return reader;
  };
  const keyOf = (shot: TextShot): string => JSON.stringify([shot.kind, shot.text, shot.position, shot.size, shot.color, canvas.width, canvas.height]);
  const prepareText = async (shot: TextShot): Promise<void> => {
    const key = keyOf(shot);
    if (words.has(key)) return;
    const drawn = drawText(await fonts(), shot, canvas);
    words.set(key, drawn && { picture: await createImageBitmap(new ImageData(new Uint8ClampedArray(drawn.rgba), drawn.width, drawn.height)), x: drawn.x, y: drawn.y });
  };
  const prepare = async (current: CompositionPlan, frame: number): Promise<string | null> => {
    const layers = layersAt(current, frame);
    const results = await Promise.allSettled([
      ...picturesOf(layers).map(async ({ shot, sourceFrame }) => readerOf(shot.assetId)?.load(sourceFrame)),
      ...layers.map(async (layer) => (layer.type === 'text' ? prepareText(layer.shot) : undefined)),
    ]);
    const failed = results.find((result) => result.status === 'rejected');
    return failed === undefined ? null : failed.reason instanceof Error ? failed.reason.message : String(failed.reason);
  };
  const material: LayerMaterial = {
    frame: ({ shot, sourceFrame }) => cache.get(shot.assetId, sourceFrame),
    text: (shot) => words.get(keyOf(shot)) ?? null,
    get scratch() {
      return scratch;
    },
  };

  const drawGhost = (current: CompositionPlan, { frame, tint }: Ghost): void => {
    const sheet = new OffscreenCanvas(canvas.width, canvas.height);
    const drawing = sheet.getContext('2d')!;
    drawLayers(drawing, layersAt(current, frame), material);
    drawing.globalCompositeOperation = 'multiply';
    drawing.fillStyle = tint;
    drawing.fillRect(0, 0, sheet.width, sheet.height);
    context.globalAlpha = GHOST_ALPHA;
    context.drawImage(sheet, 0, 0);
    context.globalAlpha = 1;
  };

  const run = async (): Promise<void> => {
    isBusy = true;
    while (wanted !== null && plan !== null && !isClosed) {
      const { frame, ahead, ghosts } = wanted;
      const current = plan;
      wanted = null;
      const problem = await prepare(current, frame);
      for (const ghost of ghosts) await prepare(current, ghost.frame);
      if (isClosed) break;
      // Another plan may have another size: the frame is drawn by the plan it was read for, unless that is gone.
      if (current === plan) {
        drawLayers(context, layersAt(current, frame), material);
        for (const ghost of ghosts) drawGhost(current, ghost);
        onShown(frame);
        onProblem(problem);
      }
      for (let next = 1; next <= ahead && wanted === null && !isClosed && frame + next < current.durationFrames; next += 1) await prepare(current, frame + next);
    }
    isBusy = false;
  };
  return {
    setPlan: (next) => {
      plan = next;
      if (canvas.width !== next.width || canvas.height !== next.height) {
        canvas.width = next.width;
        canvas.height = next.height;
        scratch = new OffscreenCanvas(next.width, next.height);
      }
      const used = new Set(next.lanes.flatMap(({ shots }) => shots.map(({ assetId }) => assetId)));
      for (const [assetId, reader] of readers) {
        if (used.has(assetId)) continue;
        reader.close();
        readers.delete(assetId);
      }
    },
    reopen: (assetId) => {
      readers.get(assetId)?.close();
      readers.delete(assetId);
    },
    show: (wish) => {
      wanted = wish;
      if (!isBusy) void run();
    },
    close: () => {
      isClosed = true;
      for (const reader of readers.values()) reader.close();
      readers.clear();
      cache.clear();
      for (const drawn of words.values()) drawn?.picture.close();
    },
  };
}
