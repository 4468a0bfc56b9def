import { createHash } from 'node:crypto';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { RecordedRange } from '../../src-shared/hub/download-record.ts';
import type { ByteRange } from './byte-ranges.ts';
import { hubGet, type HubAccess, type HubAnswer } from './hub-http.ts';
import type { PartFile } from './part-file.ts';
import { Setback } from './setback.ts';

/** What is asked for, and what is known of it so far. */
export interface Wanted {
  readonly address: URL;
  /** Name of the file in messages. */
  readonly what: string;
  readonly sizeBytes: number;
  readonly sha256: string | null;
  /** Of the first bytes that came; null before. */
  readonly etag: string | null;
  readonly range: ByteRange;
  /** Where the next recorded byte lies, or the end: an answer with more than was asked for is taken up to there. */
  readonly gapEnd: number;
  /** Take an answer that begins at byte 0 though more was asked for, and skip to the range: the server cannot continue files. */
  readonly fromTheStart: boolean;
}

/** Where bytes go. */
export interface Receiver {
  readonly part: PartFile;
  /** Bytes after which what came is put on record. */
  readonly flushBytes: number;
  /** Told once, before the first byte. */
  onAnswer(answer: { readonly etag: string | null; readonly sha256: string | null; readonly canContinue: boolean }): void;
  /** Bytes that arrived, and how many of them were new. */
  onBytes(count: number, kept: number): void;
  /** The range is on the disk. */
  onRecorded(range: RecordedRange): void;
}

const odd = (answer: HubAnswer, message: string): Setback => new Setback('short', new StudioError('HUB_ANSWER_INVALID', message, { details: { host: answer.host } }));

/** An answer to a request for a range that began at byte 0 instead. */
export class RangeIgnored extends Setback {}

/** An answer with another ETag than the first bytes came with. */
export class EtagChanged extends Setback {
  readonly etag: string | null;

  constructor(etag: string | null, error: StudioError) {
    super('short', error);
    this.etag = etag;
  }
}

/** Checks that an answer holds the bytes that were asked for. Returns where its first byte belongs, and what of it is taken. */
function checkAnswer(answer: HubAnswer, wanted: Wanted): { at: number; until: number; isPartial: boolean } {
  const { range, sizeBytes, what } = wanted;
  const etag = answer.headers.get('etag');
  if (wanted.etag !== null && etag !== wanted.etag) {
    throw new EtagChanged(etag, new StudioError('HUB_ANSWER_INVALID', `${what} changed at ${answer.host} while it was downloaded. Cancel the download and begin again to get it as it is now.`, { details: { host: answer.host } }));
  }
  if (wanted.sha256 !== null && answer.statedSha256 !== null && answer.statedSha256 !== wanted.sha256) throw odd(answer, `The hub states two checksums for ${what}. Cancel the download and begin again, or use another hub address.`);
  if (answer.status === 206) {
    const [, start, end, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(answer.headers.get('content-range') ?? '') ?? [];
    if (Number(start) !== range.start || Number(end) >= range.end || Number(end) < range.start) throw odd(answer, `${answer.host} sent another part of ${what} than was asked for. Resume later, or use another hub address.`);
    if (total !== '*' && Number(total) !== sizeBytes) throw sizeChanged(answer, what);
    return { at: range.start, until: Number(end) + 1, isPartial: true };
  }
  const length = answer.headers.get('content-length');
  if (length !== null && Number(length) !== sizeBytes) throw sizeChanged(answer, what);
  if (range.start > 0 && !wanted.fromTheStart) throw new RangeIgnored('short', new StudioError('HUB_ANSWER_INVALID', `${answer.host} cannot continue ${what} where it stopped. Use another hub address.`, { details: { host: answer.host } }));
  return { at: 0, until: wanted.gapEnd, isPartial: false };
}

const sizeChanged = (answer: HubAnswer, what: string): Setback => odd(answer, `${what} has another size at ${answer.host} than the hub listed. Cancel the download and begin again, or use another hub address.`);

/**
 * Receives one range into a part. What has arrived when the line breaks or the download stops is put on record before this
 * throws, so that no byte on the disk is asked for again.
 */
export async function receiveRange(access: HubAccess, wanted: Wanted, receiver: Receiver, signal: AbortSignal): Promise<void> {
  const { range, sizeBytes } = wanted;
  // A server that knows no ranges can still send a whole file.
  const whole = range.start === 0 && range.end === sizeBytes;
  const answer = await hubGet(access, wanted.address, wanted.what, signal, whole ? null : range);
  let taken: ReturnType<typeof checkAnswer>;
  try {
    taken = checkAnswer(answer, wanted);
    receiver.onAnswer({ etag: answer.headers.get('etag'), sha256: answer.statedSha256, canContinue: taken.isPartial || whole });
  } catch (error) {
    answer.discard();
    throw error;
  }

  const { until } = taken;
  let { at } = taken;
  let open = { start: range.start, end: range.start, hash: createHash('sha256') };
  const flush = async (): Promise<void> => {
    if (open.end === open.start) return;
    const { start, end, hash } = open;
    open = { start: end, end, hash: createHash('sha256') };
    await receiver.part.sync();
    receiver.onRecorded({ start, end, sha256: hash.digest('hex') });
  };

  let failure: unknown = null;
  try {
    for await (const chunk of answer.body()) {
      if (at + chunk.byteLength > sizeBytes) throw odd(answer, `${answer.host} sent more of ${wanted.what} than there is. Resume later, or use another hub address.`);
      const skip = Math.max(0, Math.min(chunk.byteLength, range.start - at));
      const kept = chunk.subarray(skip, Math.max(skip, Math.min(chunk.byteLength, until - at)));
      if (kept.byteLength > 0) {
        await receiver.part.write(kept, open.end);
        open.hash.update(kept);
        open.end += kept.byteLength;
      }
      receiver.onBytes(chunk.byteLength, kept.byteLength);
      at += chunk.byteLength;
      if (open.end - open.start >= receiver.flushBytes) await flush();
      if (open.end === until) break;
    }
  } catch (error) {
    failure = error;
  }
  // The disk's own failure must not hide behind that of the line, nor a record that cannot be written behind either.
  await flush().catch((error: unknown) => (failure ??= error));
  if (failure !== null) throw failure;
  if (open.end < until) throw new Setback('long', new StudioError('HUB_UNREACHABLE', `${answer.host} ended ${wanted.what} too early. Resume later; what has arrived is kept.`, { details: { host: answer.host }, retryable: true }));
}
