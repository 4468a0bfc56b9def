import { openShot, type VideoFile } from './shot-reader.ts';
import { SHORT_GROUP, type StandInNeeds } from './stand-in-needs.ts';
import type { CompositorSource } from './viewer-messages.ts';

/** What is done while nobody waits for a picture, so that the first hand on the scrub bar finds it done. */
export interface IdleWork {
  /** Goes on with it for `sources` (the nearest to the playhead first) until `stop` settles or nothing is left. */
  run(sources: readonly CompositorSource[], stop: Promise<unknown>): Promise<void>;
}

export interface IdleWorkOptions {
  readonly fileOf: (source: CompositorSource) => VideoFile;
  readonly needs: StandInNeeds;
}

/** Opens clips and reads them ahead, then decodes one group of frames of each that may need a stand-in: what is slow then is slow for a hand as well. */
export function createIdleWork({ fileOf, needs }: IdleWorkOptions): IdleWork {
  const tried = new Set<string>();
  /** The last frame of the first group of frames; null where groups are short. */
  const endOfGroup = async (file: VideoFile, frames: number): Promise<number | null> => {
    const { packets: { packets, numberOf } } = await file.track;
    const first = await packets.getFirstKeyPacket({ metadataOnly: true });
    const second = first && (await packets.getNextKeyPacket(first, { metadataOnly: true }));
    if (!first) return null;
    const end = (second ? numberOf(second.timestamp) : frames) - 1;
    return end - numberOf(first.timestamp) < SHORT_GROUP ? null : end;
  };
  return {
    run: async (sources, stop) => {
      let isStopped = false;
      const stopped = (async () => {
        await stop;
        isStopped = true;
      })();
      const files = sources.map((source) => ({ source, file: fileOf(source) }));
      for (const { file } of files) {
        // What cannot be opened says so where it is shown.
        await file.track.catch(() => undefined);
        while (!isStopped && (await file.readAhead()));
        if (isStopped) return;
      }
      for (const { source, file } of files) {
        if (tried.has(source.assetId) || !needs.isCandidate(source)) continue;
        const end = await endOfGroup(file, source.frames ?? 1).catch(() => null);
        if (isStopped) return;
        tried.add(source.assetId);
        if (end === null) continue;
        let isDone = false;
        const reader = openShot({ file, has: () => isDone, keep: () => undefined });
        const began = performance.now();
        const decoding = async (): Promise<void> => {
          await reader.want([end], false);
          isDone = true;
        };
        await Promise.race([decoding().catch(() => undefined), stopped]);
        const tookMs = performance.now() - began;
        reader.close();
        if (isDone) needs.tried(source, tookMs);
        else if (isStopped) {
          tried.delete(source.assetId);
          return;
        }
      }
    },
  };
}
