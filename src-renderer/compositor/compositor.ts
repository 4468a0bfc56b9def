import type { CompositionPlan } from '../../src-shared/compose/composition-plan.ts';
import { createPictureQueue } from './picture-queue.ts';
import { pageTime, type ComposedPicture, type CompositorSource, type FromCompositor, type ShowWish, type ToCompositor, type ViewerProblem } from './viewer-messages.ts';

/** Draws the composed timeline on one canvas. A worker decodes and composes, so that the window stays quick. */
export interface Compositor {
  /** What is composed from now on; the frame that was asked for last is drawn anew. Sources that are used again stay open; one whose address is another (its stand-in has come) is opened anew. */
  setPlan(plan: CompositionPlan, sources: readonly CompositorSource[]): void;
  /** Draws a frame; see `Composer.show`. In motion the picture that is due by now is on the canvas when this returns, where it is ready. */
  show(wish: Omit<ShowWish, 'atMs' | 'wayMs'>): void;
  close(): void;
}

export interface CompositorOptions {
  readonly canvas: HTMLCanvasElement;
  /** Addresses of the fonts. */
  readonly fonts: readonly string[];
  /** Called after a frame was drawn. */
  readonly onShown: (picture: Pick<ComposedPicture, 'frame' | 'shrink'>) => void;
  /** What could not be read; null when all of a frame could be. */
  readonly onProblem: (problem: ViewerProblem | null) => void;
  /** Told of an asset that this page cannot decode, or not soon enough. */
  readonly onStandIn: (assetId: string) => void;
}

/** One picture weighs this much in how long they are on their way, and counts no more than this (ms). */
const NEWEST = 0.25;
const MOST_WAY_MS = 250;

export function createCompositor({ canvas, fonts, onShown, onProblem, onStandIn }: CompositorOptions): Compositor {
  const worker = new Worker(new URL('./compositor-worker.ts', import.meta.url), { type: 'module' });
  const post = (message: ToCompositor, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
  // Pixels come from memory and are seldom read back.
  const context = canvas.getContext('2d')!;
  const giveBack = ({ pixels }: ComposedPicture): void => post({ type: 'used', pixels }, [pixels]);
  const ready = createPictureQueue<ComposedPicture>(giveBack);
  let wish: ShowWish | null = null;
  /** The plan as it was told last. */
  let planned = '';
  /** How long pictures are on their way here: a busy window hears of them late. */
  let wayMs = 0;
  const put = (picture: ComposedPicture): void => {
    const { frame, width, height, shrink, pixels, problem } = picture;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
    giveBack(picture);
    onShown({ frame, shrink });
    onProblem(problem);
  };
  const putDue = (): void => {
    const due = wish === null || wish.direction === 0 ? null : ready.due(wish.frame, wish.direction);
    if (due !== null) put(due);
  };
  worker.addEventListener('message', ({ data }: MessageEvent<FromCompositor>) => {
    if (data.type === 'standIn') {
      onStandIn(data.assetId);
      return;
    }
    const { picture } = data;
    wayMs += (Math.min(MOST_WAY_MS, Math.max(0, pageTime() - picture.sentMs)) - wayMs) * NEWEST;
    if (wish !== null && wish.direction !== 0) {
      ready.put(picture);
      putDue();
    } else if (!picture.isMoving || picture.frame === wish?.frame) put(picture);
    // It was made ready for where the playhead did not come.
    else giveBack(picture);
  });
  worker.addEventListener('error', (event) => onProblem({ kind: 'other', message: event.message }));
  post({ type: 'begin', fonts });
  return {
    setPlan: (plan, sources) => {
      const said = JSON.stringify(plan);
      const isSame = said === planned;
      planned = said;
      // What is ready is of no use for another plan, and all the use for the same.
      if (!isSame) ready.clear();
      post({ type: 'plan', plan: isSame ? null : plan, sources });
    },
    show: (given) => {
      const next = { ...given, atMs: pageTime(), wayMs };
      post({ type: 'show', wish: next });
      if (next.direction === 0 || next.direction !== wish?.direction) ready.clear();
      wish = next;
      putDue();
    },
    close: () => worker.terminate(),
  };
}
