import { describe, expect, it } from 'vitest';
import { explainFfmpeg, toExportError } from '../../src-main/jobs/export-error.ts';
import { StudioError } from '../../src-shared/errors/studio-error.ts';

const failed = (...stderr: string[]) => new StudioError('FFMPEG_FAILED', `ffmpeg could not write film.mp4: ${stderr.at(-1)}.`, { details: { stderr } });

describe('what an export says when it fails', () => {
  it('puts ffmpeg\'s complaints in plain words and keeps its own for those who know it', () => {
    for (const [lines, words] of [
      [['[libx264] malloc of size 123 failed', 'x: Cannot allocate memory'], /not enough memory.*smaller height.*\(ffmpeg could not write film\.mp4: x: Cannot allocate memory\.\)/],
      [['[mov] moov atom not found', 'source-1: Invalid data found when processing input'], /A clip on the timeline is damaged.*import its file again/],
      [['Error while opening encoder for output stream #0:0'], /The encoder refuses this size.*another height, quality or format/],
      [['av_interleaved_write_frame(): Broken pipe'], /stopped early\. Export again/],
    ] as const) expect(explainFfmpeg(failed(...lines))).toMatchObject({ code: 'FFMPEG_FAILED', message: expect.stringMatching(words) });
    const unknown = failed('something new');
    expect(explainFfmpeg(unknown)).toBe(unknown);
    const other = new StudioError('DISK_FULL', 'x');
    expect(explainFfmpeg(other)).toBe(other);
  });

  it('says what is wrong with the place, and what to do', () => {
    const code = (name: string) => Object.assign(new Error(name), { code: name });
    expect(toExportError(code('ENOSPC'), '/out/a.mp4')).toMatchObject({ code: 'DISK_FULL', message: expect.stringContaining('Free some space') });
    expect(toExportError(code('EACCES'), '/out/a.mp4')).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('may not be written. Choose another folder') });
    expect(toExportError(code('ENOTDIR'), '/out/a.mp4')).toMatchObject({ message: expect.stringContaining('not a place for a file') });
  });
});
