import { encodeClearSegment, joinClearSegments, type JoinClearSegmentsRequest } from './clear-segments.ts';
import { findC2paTool, signFile, type C2paTool, type SignRequest } from './c2pa.ts';
import { decodeFrames, type DecodeFramesRequest } from './decode-frames.ts';
import { encodeVideo, type EncodedVideo, type EncodeVideoRequest } from './encode-video.ts';
import { readCapabilities, type Capabilities } from './export/capabilities.ts';
import { copyUntouched, type CopyUntouchedRequest } from './export/copy-untouched.ts';
import { renderExport, type RenderedExport, type RenderExportRequest } from './export/render-export.ts';
import { findFfmpeg, type FfmpegBinaries, type FindOptions } from './find-ffmpeg.ts';
import { probeMedia, type MediaInfo } from './probe.ts';
import { makeFilmstrip, makeProxy, makeWaveform } from './previews.ts';
import { copyWithRecipe, readRecipe } from './recipe-metadata.ts';
import { encodeSegment, joinSegments, type EncodeSegmentRequest, type JoinSegmentsRequest } from './segments.ts';
import { makeThumbnail, type ThumbnailRequest } from './thumbnail.ts';

/** Everything the studio does with media files. ffmpeg is looked for at the first call, once. */
export interface Media {
  /** Version and place of the ffmpeg in use. */
  version(): Promise<{ version: string; ffmpeg: string; ffprobe: string; source: FfmpegBinaries['source'] }>;
  /** What a file holds; MEDIA_UNREADABLE, naming the file and the mend, when it is not media. */
  probe(path: string, signal?: AbortSignal): Promise<MediaInfo>;
  /** RGB24 frames to MP4 (H.264, yuv420p). */
  encodeVideo(request: EncodeVideoRequest): Promise<EncodedVideo>;
  /** RGB24 frames `[height, width, 3]`, or RGBA, of a video or image. */
  decodeFrames(path: string, request: DecodeFramesRequest): AsyncGenerator<Uint8Array, void, void>;
  /** Some frames as a bare H.264 stream, to be joined with others. */
  encodeSegment(request: EncodeSegmentRequest): Promise<Uint8Array>;
  /** Segments and the sound of a clip to MP4, as they are. */
  joinSegments(request: JoinSegmentsRequest): Promise<{ sizeBytes: number }>;
  /** RGBA frames as a WebM of their own, to be joined with others. */
  encodeClearSegment(request: EncodeSegmentRequest): Promise<Uint8Array>;
  /** Such segments and the sound of a clip to WebM, as they are. */
  joinClearSegments(request: JoinClearSegmentsRequest): Promise<{ sizeBytes: number }>;
  /** JPEG of one frame. */
  thumbnail(path: string, request?: ThumbnailRequest): Promise<Uint8Array>;
  /** Frames of a probed clip beside each other, as one JPEG. */
  filmstrip(info: MediaInfo, signal?: AbortSignal): ReturnType<typeof makeFilmstrip>;
  /** The course of a probed file's sound, as a PNG. */
  waveform(info: MediaInfo, signal?: AbortSignal): Promise<Uint8Array>;
  /** A stand-in that every browser plays, frame by frame the same. */
  proxy(request: Parameters<typeof makeProxy>[1]): Promise<void>;
  /** Embedded recipe as JSON text from outside, or null. */
  readRecipe(path: string, signal?: AbortSignal): Promise<string | null>;
  /** Stream copy with another recipe, or none. */
  copyWithRecipe(source: string, destination: string, recipeJson: string | null, signal?: AbortSignal): Promise<{ sizeBytes: number }>;
  /** What the ffmpeg in use can encode and filter. */
  capabilities(): Promise<Capabilities>;
  /** A composed timeline to a file. */
  renderExport(request: RenderExportRequest): Promise<RenderedExport>;
  /** The tool that signs, looked for anew each time; null when there is none. */
  signingTool(): Promise<C2paTool | null>;
  /** A signed copy of a file. */
  sign(request: SignRequest): Promise<void>;
  /** A clip to a file of another format's container, without encoding it again. */
  copyUntouched(request: CopyUntouchedRequest): Promise<{ sizeBytes: number }>;
}

/** Opens the media layer. Paths come from the settings; without them ffmpeg is found as `findFfmpeg` says. */
export function createMedia(options: FindOptions = {}): Media {
  let finding: Promise<FfmpegBinaries> | undefined;
  const binaries = () => {
    finding ??= findFfmpeg(options).catch((error: unknown) => {
      // Looked for again next time: the person may have installed it meanwhile.
      finding = undefined;
      throw error;
    });
    return finding;
  };
  let asking: Promise<Capabilities> | undefined;
  const capabilities = async () => {
    const found = await binaries();
    asking ??= readCapabilities(found).catch((error: unknown) => {
      asking = undefined;
      throw error;
    });
    return asking;
  };
  return {
    version: async () => {
      const found = await binaries();
      return { version: found.version, ffmpeg: found.ffmpeg, ffprobe: found.ffprobe, source: found.source };
    },
    probe: async (path, signal) => probeMedia(await binaries(), path, signal),
    encodeVideo: async (request) => encodeVideo(await binaries(), request),
    decodeFrames: async function* (path, request) {
      yield* decodeFrames(await binaries(), path, request);
    },
    encodeSegment: async (request) => encodeSegment(await binaries(), request),
    joinSegments: async (request) => joinSegments(await binaries(), request),
    encodeClearSegment: async (request) => encodeClearSegment(await binaries(), request),
    joinClearSegments: async (request) => joinClearSegments(await binaries(), request),
    thumbnail: async (path, request) => makeThumbnail(await binaries(), path, request),
    filmstrip: async (info, signal) => makeFilmstrip(await binaries(), info, signal),
    waveform: async (info, signal) => makeWaveform(await binaries(), info, signal),
    proxy: async (request) => makeProxy(await binaries(), request),
    readRecipe: async (path, signal) => readRecipe(await binaries(), path, signal),
    copyWithRecipe: async (source, destination, recipeJson, signal) => copyWithRecipe(await binaries(), source, destination, recipeJson, signal),
    capabilities,
    renderExport: async (request) => renderExport(await binaries(), await capabilities(), request),
    signingTool: () => findC2paTool(options.searchPath),
    sign: async (request) => signFile(await findC2paTool(options.searchPath), request),
    copyUntouched: async (request) => copyUntouched(await binaries(), request),
  };
}
