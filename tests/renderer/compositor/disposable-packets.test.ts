import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALL_FORMATS, BufferSource, EncodedPacketSink, Input, type EncodedPacket } from 'mediabunny';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FFMPEG_GLOBAL } from '../../../src-main/media/command-line.ts';
import { findFfmpeg, type FfmpegBinaries } from '../../../src-main/media/find-ffmpeg.ts';
import { run } from '../../../src-main/media/run.ts';
import { disposableFor } from '../../../src-renderer/compositor/disposable-packets.ts';
import { makeClip } from '../../compose/make-sources.ts';

const START_CODE = Uint8Array.from([0, 0, 0, 1]);
const [WIDTH, HEIGHT] = [160, 90];

/** The parameter sets of an `avcC` box, as they stand in a stream of their own. */
function parameterSets(avcc: Uint8Array): Uint8Array[] {
  const sets: Uint8Array[] = [];
  let at = 5;
  for (const mask of [31, 255]) {
    const count = avcc[at]! & mask;
    at += 1;
    for (let index = 0; index < count; index += 1) {
      const length = avcc[at]! * 256 + avcc[at + 1]!;
      sets.push(START_CODE, avcc.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return sets;
}

/** A packet with start codes in place of its four bytes of length. */
function withStartCodes(packet: Uint8Array): Uint8Array[] {
  const units: Uint8Array[] = [];
  for (let at = 0; at + 4 < packet.length; ) {
    const length = new DataView(packet.buffer, packet.byteOffset + at, 4).getUint32(0);
    units.push(START_CODE, packet.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return units;
}

describe('packets that may be left out', () => {
  let folder: string;
  let binaries: FfmpegBinaries;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'motif-packets-'));
    binaries = await findFfmpeg();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('leave every other frame as it was', async () => {
    const clip = await makeClip(binaries, join(folder, 'clip.mp4'), { width: WIDTH, height: HEIGHT, rate: '24', seconds: 4, gop: 48 });
    const input = new Input({ source: new BufferSource(readFileSync(clip)), formats: ALL_FORMATS });
    const track = (await input.getPrimaryVideoTrack())!;
    const config = (await track.getDecoderConfig())!;
    const description = new Uint8Array(config.description as ArrayBuffer);
    const isDisposable = disposableFor(config.codec, description);
    const packets: EncodedPacket[] = [];
    for await (const packet of new EncodedPacketSink(track).packets()) packets.push(packet);
    const kept = packets.filter(({ data }) => !isDisposable(data));
    expect(packets).toHaveLength(96);
    // x264 makes about half of all frames such that nothing needs them.
    expect(kept.length).toBeLessThan(70);
    expect(kept.length).toBeGreaterThan(20);

    const decode = async (file: string): Promise<string[]> => {
      const raw = await run(binaries.ffmpeg, [...FFMPEG_GLOBAL, '-i', file, '-vf', 'setpts=N/24/TB', '-f', 'framemd5', 'pipe:1'], { purpose: 'decode', maxBytes: 2 ** 24 });
      return raw.toString('utf8').split('\n').filter((line) => line.startsWith('0,')).map((line) => line.split(',').at(-1)!.trim());
    };
    const stream = join(folder, 'kept.h264');
    writeFileSync(stream, Buffer.concat([...parameterSets(description), ...kept.flatMap(({ data }) => withStartCodes(data))]));
    const all = await decode(clip);
    const wanted = kept.map(({ timestamp }) => Math.round(timestamp * 24)).sort((a, b) => a - b).map((frame) => all[frame]);
    expect(await decode(stream)).toEqual(wanted);
  });

  it('are never guessed where the codec says nothing', () => {
    expect(disposableFor('vp09.00.10.08', null)(Uint8Array.from([0, 0, 0, 2, 1, 1]))).toBe(false);
    expect(disposableFor('avc1.64001f', null)(Uint8Array.from([0, 0, 0, 2, 1, 1]))).toBe(false);
    const isDisposable = disposableFor('avc1.64001f', Uint8Array.from([1, 100, 0, 31, 255, 225]));
    expect(isDisposable(Uint8Array.from([0, 0, 0, 2, 0x01, 1]))).toBe(true);
    expect(isDisposable(Uint8Array.from([0, 0, 0, 2, 0x41, 1]))).toBe(false);
    // Two slices, the second of which is needed; and a packet that holds no picture.
    expect(isDisposable(Uint8Array.from([0, 0, 0, 2, 0x01, 1, 0, 0, 0, 2, 0x41, 1]))).toBe(false);
    expect(isDisposable(Uint8Array.from([0, 0, 0, 2, 0x06, 1]))).toBe(false);
  });
});
