import type { CompositionPlan } from '../../src-shared/compose/composition-plan.ts';
import type { ComposedPicture, CompositorSource, FromCompositor, ShowWish, ToCompositor, ViewerProblem } from './viewer-messages.ts';

/** Draws the composed timeline on one canvas. A worker decodes and composes, so that the window stays quick. */
export interface Compositor {
  /** What is composed from now on; the frame that was asked for last is drawn anew. Sources that are used again stay open; one whose address is another (its stand-in has come) is opened anew. */
  setPlan(plan: CompositionPlan, sources: readonly CompositorSource[]): void;
  /** Draws a frame; see `Composer.show`. */
  show(wish: ShowWish): void;
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

export function createCompositor({ canvas, fonts, onShown, onProblem, onStandIn }: CompositorOptions): Compositor {
  const worker = new Worker(new URL('./compositor-worker.ts', import.meta.url), { type: 'module' });
  const post = (message: ToCompositor, transfer: Transferable[] = []): void => worker.postMessage(message, transfer);
  // Pixels come from memory and are seldom read back.
  const context = canvas.getContext('2d')!;
  worker.addEventListener('message', ({ data }: MessageEvent<FromCompositor>) => {
    if (data.type === 'standIn') {
      onStandIn(data.assetId);
      return;
    }
    const { frame, width, height, shrink, pixels, problem } = data.picture;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    context.putImageData(new ImageData(new Uint8ClampedArray(pixels), width, height), 0, 0);
    post({ type: 'used', pixels }, [pixels]);
    onShown({ frame, shrink });
    onProblem(problem);
  });
  worker.addEventListener('error', (event) => onProblem({ kind: 'other', message: event.message }));
  post({ type: 'begin', fonts });
  return {
    setPlan: (plan, sources) => post({ type: 'plan', plan, sources }),
    show: (wish) => post({ type: 'show', wish }),
    close: () => worker.terminate(),
  };
}
