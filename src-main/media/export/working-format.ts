import type { ExportFormat } from '../../../src-shared/export/formats.ts';
import type { Capabilities } from './capabilities.ts';

/** The pixel format in which an export is composed. */
export interface WorkingFormat {
  /** Of the composed frames. */
  readonly canvas: string;
  /** Of what is laid over them. */
  readonly layer: string;
  /** `overlay`'s name for both. */
  readonly overlay: string;
  readonly isRgb: boolean;
  /** Whether the canvas is transparent where nothing lies. */
  readonly hasAlpha: boolean;
  /** Bytes of one composed frame. */
  frameBytes(width: number, height: number): number;
}

const planar = (name: string, samples: (area: number) => number, bytes = 1) => ({ name, bytes: (width: number, height: number) => samples(width * height) * bytes });

/** Composing happens in the format that is written, or in the nearest that ffmpeg blends in: no detour costs quality or time. */
export function workingFormat(format: ExportFormat, alpha: boolean, { overlayFormats }: Pick<Capabilities, 'overlayFormats'>): WorkingFormat {
  if (format === 'png-sequence') {
    const canvas = alpha ? planar('gbrap', (area) => area * 4) : planar('gbrp', (area) => area * 3);
    return { canvas: canvas.name, layer: 'gbrap', overlay: 'gbrp', isRgb: true, hasAlpha: alpha, frameBytes: canvas.bytes };
  }
  if (alpha) {
    const canvas = planar('yuva444p', (area) => area * 4);
    return { canvas: canvas.name, layer: 'yuva444p', overlay: 'yuv444', isRgb: false, hasAlpha: true, frameBytes: canvas.bytes };
  }
  if (format === 'prores-422hq') {
    const deep = overlayFormats.has('yuv422p10');
    const canvas = deep ? planar('yuv422p10le', (area) => area * 2, 2) : planar('yuv422p', (area) => area * 2);
    return { canvas: canvas.name, layer: deep ? 'yuva422p10le' : 'yuva422p', overlay: deep ? 'yuv422p10' : 'yuv422', isRgb: false, hasAlpha: false, frameBytes: canvas.bytes };
  }
  if (format === 'prores-4444' || format === 'gif') {
    const canvas = planar('yuv444p', (area) => area * 3);
    return { canvas: canvas.name, layer: 'yuva444p', overlay: 'yuv444', isRgb: false, hasAlpha: false, frameBytes: canvas.bytes };
  }
  const canvas = planar('yuv420p', (area) => (area * 3) / 2);
  return { canvas: canvas.name, layer: 'yuva420p', overlay: 'yuv420', isRgb: false, hasAlpha: false, frameBytes: canvas.bytes };
}
