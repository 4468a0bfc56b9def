import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCaptions, writeCaptions } from '../../src-shared/timeline/captions/caption-file.ts';
import { captionsFromCues, cuesFromCaptions } from '../../src-shared/timeline/captions/caption-track.ts';
import { timelineProblems } from '../../src-shared/timeline/problems.ts';
import { countingIds, documentOf } from './sample-document.ts';

const rate = { num: 30000, den: 1001 };

describe('caption files', () => {
  it('reads SubRip with Windows line ends, a byte order mark, styles and a missing empty line', () => {
    const file = '\uFEFF1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hello</i> there\r\n{\\an8}second line\r\n2\r\n00:00:03,000 --> 00:00:04,000 X1:10\r\n5 < 7 & more\r\n\r\n3\r\n00:00:05,000 --> 00:00:05,000\r\nno length\r\n';
    expect(parseCaptions(file)).toEqual([{ startMs: 1000, endMs: 2500, text: 'Hello there\nsecond line' }, { startMs: 3000, endMs: 4000, text: '5 < 7 & more' }]);
  });

  it('reads WebVTT with notes, styles, identifiers, settings, voices and entities', () => {
    const file = 'WEBVTT - a talk\n\nSTYLE\n::cue { color: red }\n\nNOTE 00:00:09.000 --> 00:00:10.000\nnot said\n\nintro\n00:01.250 --> 01:00:02.000 align:start position:10%\n<v Anna>Fish &amp; chips &lt;3</v>\n';
    expect(parseCaptions(file)).toEqual([{ startMs: 1250, endMs: 3_602_000, text: 'Fish & chips <3' }]);
  });

  it('says so when a file has no captions', () => {
    expect(() => parseCaptions('a shopping list\n\n1\nmilk')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('reads back what it wrote, in both formats', () => {
    const words = fc.stringMatching(/^[A-Za-z&<>][A-Za-z0-9 &<>.,!?]{0,30}[a-z.]$/).filter((text) => !/<\/?[A-Za-z]/.test(text));
    const cues = fc.array(fc.record({ gap: fc.integer({ min: 1, max: 9_000_000 }), length: fc.integer({ min: 1, max: 9000 }), lines: fc.array(words, { minLength: 1, maxLength: 3 }) }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(cues, fc.constantFrom('srt' as const, 'vtt' as const), (parts, format) => {
        let at = 0;
        const written = parts.map(({ gap, length, lines }) => {
          const startMs = at + gap;
          at = startMs + length;
          return { startMs, endMs: at, text: lines.join('\n') };
        });
        expect(parseCaptions(writeCaptions(written, format))).toEqual(written);
      }),
    );
  });
});

describe('captions on a track', () => {
  const place = (cues: Parameters<typeof captionsFromCues>[0]) => captionsFromCues(cues, { trackId: 'track:caption', rate, newId: countingIds() });

  it('cuts what lies over one another and joins what begins together', () => {
    const captions = place([{ startMs: 0, endMs: 3000, text: 'one' }, { startMs: 2000, endMs: 4000, text: 'two' }, { startMs: 2000, endMs: 5000, text: 'three' }]);
    expect(captions.map(({ startFrame, durationFrames, text }) => [startFrame, durationFrames, text])).toEqual([[0, 60, 'one'], [60, 90, 'two\nthree']]);
    expect(timelineProblems(documentOf(...captions))).toEqual([]);
  });

  it('keeps times to half a frame, and exactly once they are on frames', () => {
    const captions = place([{ startMs: 1234, endMs: 2345, text: 'one' }]);
    const [cue] = cuesFromCaptions(captions, rate);
    expect(Math.abs((cue?.startMs ?? 0) - 1234)).toBeLessThanOrEqual(17);
    expect(cuesFromCaptions(place(cuesFromCaptions(captions, rate)), rate)).toEqual([cue]);
  });
});
