import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import { FFMPEG_GLOBAL } from '../../../src-main/media/command-line.ts';
import type { FfmpegBinaries } from '../../../src-main/media/find-ffmpeg.ts';
import { run } from '../../../src-main/media/run.ts';
import { FILM_RATE, type Film } from '../../compose/three-track-film.ts';
import type { TemporaryHome } from '../harness/temporary-home.ts';
import { projectPath } from './prepared-project.ts';

const MOTIF = path.resolve(import.meta.dirname, '../../../src-main/hosts/cli/motif.ts');

/** Exports the timeline of a prepared project as anyone would, from a terminal. Returns the file. */
export async function exportFilm(home: TemporaryHome, name: string): Promise<string> {
  const out = path.join(home.root, 'film.mp4');
  const env = { ...process.env, MOTIF_DATA_DIR: path.join(home.root, 'export-data'), MOTIF_PROJECTS_DIR: home.projectsFolder };
  await promisify(execFile)(process.execPath, [MOTIF, 'export', projectPath(home, name), '--timeline', '--out', out], { env, timeout: 1_500_000 });
  return out;
}

/** RGB24 of one frame of an export. */
async function exportedFrame(binaries: FfmpegBinaries, file: string, frame: number): Promise<Uint8Array> {
  const seek = frame === 0 ? [] : ['-ss', ((frame - 0.5) / FILM_RATE).toFixed(6)];
  return run(binaries.ffmpeg, [...FFMPEG_GLOBAL, ...seek, '-i', file, '-frames:v', '1', '-vf', 'scale=in_color_matrix=bt709:flags=bicubic+accurate_rnd+full_chroma_int,format=rgb24', '-f', 'rawvideo', 'pipe:1'], { purpose: 'decode a frame', maxBytes: 2 ** 28 });
}

/** Milliseconds from a move of the playhead to the frame on the canvas, as the page measures them. */
export async function scrubTo(page: Page, frame: number): Promise<number> {
  return page.evaluate(async (to) => {
    const canvas = document.querySelector('[data-testid="composed"]')!;
    const input = document.querySelector<HTMLInputElement>('input[type="range"][aria-label="Playhead"]')!;
    const began = performance.now();
    if (canvas.getAttribute('data-frame') === String(to)) return 0;
    return new Promise<number>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`frame ${to} was not shown in time, but ${canvas.getAttribute('data-frame')}`)), 30_000);
      const observer = new MutationObserver(() => {
        if (canvas.getAttribute('data-frame') !== String(to)) return;
        clearTimeout(timer);
        observer.disconnect();
        resolve(performance.now() - began);
      });
      observer.observe(canvas, { attributes: true, attributeFilter: ['data-frame'] });
      // As a hand on the scrub bar does: the field's own setter, past React's memory of its value.
      Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')!.set!.call(input, String(to));
      input.dispatchEvent(new Event('input', { bubbles: true }));
      input.dispatchEvent(new Event('change', { bubbles: true }));
    });
  }, frame);
}

/** RGBA of what stands on the canvas. */
async function canvasPixels(page: Page): Promise<Uint8Array> {
  const text = await page.getByTestId('composed').evaluate(async (canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    const blob = new Blob([data]);
    return new Promise<string>((resolve) => {
      const reader = new FileReader();
      reader.addEventListener('load', () => resolve(String(reader.result).replace(/^[^,]*,/u, '')), { once: true });
      reader.readAsDataURL(blob);
    });
  });
  return new Uint8Array(Buffer.from(text, 'base64'));
}

/** PSNR in dB of RGBA against RGB24. */
function psnr(rgba: Uint8Array, rgb: Uint8Array): number {
  const pixels = rgb.length / 3;
  if (rgba.length !== pixels * 4) throw new Error(`the canvas has ${rgba.length / 4} pixels, the export ${pixels}`);
  let sum = 0;
  for (let pixel = 0; pixel < pixels; pixel += 1) for (let channel = 0; channel < 3; channel += 1) sum += (rgba[pixel * 4 + channel]! - rgb[pixel * 3 + channel]!) ** 2;
  return 10 * Math.log10((255 * 255) / Math.max(1e-9, sum / (pixels * 3)));
}

/** Waits until a frame that was seen in haste is drawn whole; in milliseconds, as the page measures them. */
export async function wholeFrame(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="composed"]')!;
    const began = performance.now();
    while (canvas.dataset['shrink'] !== '1') {
      if (performance.now() - began > 30_000) throw new Error(`frame ${canvas.dataset['frame']} was not drawn whole in time`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    return performance.now() - began;
  });
}

/** How alike a frame of the viewer and of an export are. */
export async function compareFrame(page: Page, binaries: FfmpegBinaries, file: string, frame: number): Promise<number> {
  await scrubTo(page, frame);
  await wholeFrame(page);
  return psnr(await canvasPixels(page), await exportedFrame(binaries, file, frame));
}

/** Frames spread over a film without a pattern. */
export const scattered = (film: Pick<Film, 'frames'>, count: number, seed = 0.37): number[] => Array.from({ length: count }, (_, index) => Math.floor(((index * 0.618034 + seed) % 1) * film.frames));

/** What is seen and heard while the film plays. */
export interface Playback {
  /** By how many frames of the film the sound is ahead of the shown picture's own span, at each look; 0 within it. */
  readonly apart: readonly number[];
  /** Different frames that were drawn, and how many frames the playhead passed. */
  readonly shown: number;
  readonly passed: number;
  /** Animation frames that the page had each second: below some ten the machine is too busy to judge anything in motion. */
  readonly looksPerSecond: number;
  /** How many times smaller than the film the last one was drawn. */
  readonly shrink: number;
}

/** Looks at each of the page's own frames for so many seconds. The first second, in which a sound begins, is left out. */
export async function watchPlayback(page: Page, seconds: number): Promise<Playback> {
  return page.evaluate(async ([rate, forMs]) => {
    const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="composed"]')!;
    const input = document.querySelector<HTMLInputElement>('input[type="range"][aria-label="Playhead"]')!;
    const apart: number[] = [];
    const shown = new Set<number>();
    const began = performance.now() + 1000;
    let first: number | null = null;
    let looks = 0;
    while (performance.now() < began + forMs!) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      if (performance.now() < began) continue;
      first ??= Number(input.value);
      looks += 1;
      const frame = Number(canvas.dataset['frame']);
      shown.add(frame);
      const audio = document.querySelector<HTMLAudioElement>('audio[data-testid="sound"]');
      if (!audio || audio.paused || audio.seeking || audio.readyState < 3) continue;
      // The film's sound begins with its source, at its speed.
      const position = audio.currentTime * rate!;
      apart.push(position < frame ? position - frame : Math.max(0, position - (frame + 1)));
    }
    return { apart, shown: shown.size, passed: Number(input.value) - (first ?? 0), looksPerSecond: (1000 * looks) / forMs!, shrink: Number(canvas.dataset['shrink']) };
  }, [FILM_RATE, seconds * 1000] as const);
}
