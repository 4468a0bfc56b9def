import type { StudioHandlers } from '../../src-shared/contract/studio-contract.ts';
import type { MediaRequest, MediaResponse } from '../services/media-exchange.ts';

export { parseMediaPath, type MediaRequest, type MediaResponse } from '../services/media-exchange.ts';

/** A running studio, as every host sees it. */
export interface Studio {
  /** For `serve(studioContract, studio.handlers, transport)`. */
  readonly handlers: StudioHandlers;
  /** Bytes for a page: assets, thumbnails, previews, downloads and uploads. Never throws. */
  media(request: MediaRequest): Promise<MediaResponse>;
  /** Stops jobs between two steps, keeps their checkpoints and closes every file. */
  close(): Promise<void>;
}
