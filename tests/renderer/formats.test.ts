import { describe, expect, it } from 'vitest';
import { exportFileName } from '../../src-renderer/features/export/export-name.ts';
import { rulerStep } from '../../src-renderer/features/timeline/ruler-step.ts';
import { parsePreview, rgbToRgba } from '../../src-renderer/api/preview-frames.ts';
import { formatAgo, formatBytes, formatDuration } from '../../src-renderer/i18n/formats.ts';

describe('formats', () => {
  it('writes sizes', () => {
    expect([0, 999, 1000, 12_345, 1_250_000, 25e9].map(formatBytes)).toEqual(['0 B', '999 B', '1.0 KB', '12 KB', '1.3 MB', '25 GB']);
  });

  it('writes durations', () => {
    expect([400, 59_400, 60_000, 80_000, 3_600_000 + 5 * 60_000].map(formatDuration)).toEqual(['0 s', '59 s', '1 min', '1 min 20 s', '1 h 5 min']);
  });

  it('writes how long ago something was', () => {
    const now = Date.parse('2026-01-10T12:00:00Z');
    const ago = (ms: number) => formatAgo(new Date(now - ms).toISOString(), now);
    expect([ago(10_000), ago(120_000), ago(3 * 3_600_000), ago(30 * 3_600_000)]).toEqual(['just now', '2 min ago', '3 h ago', 'yesterday']);
  });

  it('names exports safely', () => {
    expect(exportFileName('A red fish, swims RIGHT!', 7)).toBe('a-red-fish-swims-right-7.mp4');
    expect(exportFileName('../../etc/passwd', null)).toBe('etc-passwd.mp4');
    expect(exportFileName('???', 1)).toBe('clip-1.mp4');
    expect(exportFileName('holiday.mov', null)).toBe('holiday.mp4');
  });
});

describe('the ruler', () => {
  const rates = [{ num: 8, den: 1 }, { num: 30_000, den: 1001 }, { num: 25, den: 1 }];
  it('leaves room for its labels and divides them evenly at every zoom', () => {
    for (const rate of rates) {
      for (let scale = 0.5; scale <= 80; scale *= 1.15) {
        const { major, minor } = rulerStep(scale, rate);
        expect(major * scale).toBeGreaterThanOrEqual(64);
        expect(major % minor).toBe(0);
        expect(major / minor).toBeLessThanOrEqual(major * scale / 6);
      }
    }
  });

  it('labels single seconds at the first zoom', () => {
    expect(rulerStep(12, { num: 8, den: 1 })).toEqual({ major: 8, minor: 1 });
  });
});

describe('previews', () => {
  const answer = (headers: Record<string, string>, bytes: number[], ok = true) => ({ ok, headers: new Headers(headers), arrayBuffer: () => Promise.resolve(new Uint8Array(bytes).buffer) });

  it('reads frames as pixels', async () => {
    const preview = await parsePreview(answer({ 'x-frames': '2', 'x-width': '1', 'x-height': '1' }, [1, 2, 3, 4, 5, 6]));
    expect(preview && [...rgbToRgba(preview, 1)]).toEqual([4, 5, 6, 255]);
  });

  it('has nothing for answers that are empty, torn or strange', async () => {
    const size = { 'x-frames': '1', 'x-width': '1', 'x-height': '1' };
    expect(await parsePreview(answer({}, []))).toBeNull();
    expect(await parsePreview(answer(size, [1, 2]))).toBeNull();
    expect(await parsePreview(answer({ ...size, 'x-frames': '-1' }, [1, 2, 3]))).toBeNull();
    expect(await parsePreview(answer(size, [1, 2, 3], false))).toBeNull();
  });
});
