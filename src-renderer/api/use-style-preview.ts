import { useQuery } from '@tanstack/react-query';
import { parsePreview, type PreviewFrames } from './preview-frames.ts';
import { useEditor } from './studio-context.tsx';
import { useSettled } from './use-settled.ts';

/** One frame in one look. */
export interface StyledFrame {
  readonly assetId: string;
  readonly frame: number;
  readonly style: string;
  readonly strength: number;
  readonly structure: number;
  readonly seed: number;
  /** Smaller and sooner. */
  readonly small: boolean;
  readonly packId?: string;
}

/** Long enough to pass over the values of a drag; each answer costs a run of the model. */
const SETTLE_MS = 350;

/**
 * One frame as the model draws it. The last answer stays while the next is made; `isCurrent` says whether it fits. A request that is no
 * longer wanted is stopped between two of the model's steps.
 */
export function useStylePreview(wantedFrame: StyledFrame | null): { frames: PreviewFrames | null; isCurrent: boolean; error: string | null; wallMs: number | null } {
  const { client, project } = useEditor();
  const wanted = JSON.stringify(wantedFrame);
  const asked = useSettled(wanted, SETTLE_MS);
  const request = JSON.parse(asked) as StyledFrame | null;
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: [project.id, 'stylePreview', asked],
    queryFn: async ({ signal }) => {
      if (request === null) return null;
      const { url, wallMs } = await client.stylization.preview({ projectId: project.id, ...request }, { signal });
      const frames = await parsePreview(await fetch(url, { signal }));
      return frames === null ? null : { frames, wallMs };
    },
    enabled: request !== null,
    retry: false,
    placeholderData: (previous) => previous,
    // A drawn picture is the same whenever it is asked for.
    staleTime: Infinity,
    gcTime: 60_000,
  });
  const shown = wantedFrame === null ? null : (data ?? null);
  return { frames: shown?.frames ?? null, wallMs: shown?.wallMs ?? null, isCurrent: asked === wanted && !isPlaceholderData && data !== undefined, error: error === null ? null : error.message };
}
