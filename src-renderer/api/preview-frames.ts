/** Frames of a preview: RGB bytes, frame after frame, rows from the top. */
export interface PreviewFrames {
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  readonly bytes: Uint8Array;
}

const positive = (value: string | null): number | null => {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 && number <= 4096 ? number : null;
};

/** Reads the answer of a preview address; null when there is none or its size does not fit its headers. */
export async function parsePreview(response: Pick<Response, 'ok' | 'headers' | 'arrayBuffer'>): Promise<PreviewFrames | null> {
  const [frames, width, height] = [positive(response.headers.get('x-frames')), positive(response.headers.get('x-width')), positive(response.headers.get('x-height'))];
  if (!response.ok || frames === null || width === null || height === null) return null;
  const bytes = new Uint8Array(await response.arrayBuffer());
  return bytes.length === frames * width * height * 3 ? { frames, width, height, bytes } : null;
}

/** One frame as canvas pixels. */
export function rgbToRgba(preview: PreviewFrames, index: number): Uint8ClampedArray<ArrayBuffer> {
  const pixels = preview.width * preview.height;
  const rgba = new Uint8ClampedArray(pixels * 4);
  const start = index * pixels * 3;
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    rgba[pixel * 4] = preview.bytes[start + pixel * 3] ?? 0;
    rgba[pixel * 4 + 1] = preview.bytes[start + pixel * 3 + 1] ?? 0;
    rgba[pixel * 4 + 2] = preview.bytes[start + pixel * 3 + 2] ?? 0;
    rgba[pixel * 4 + 3] = 255;
  }
  return rgba;
}
