import { useQuery } from '@tanstack/react-query';
import type { ClipInspection, CropRectangle, LearnInput } from '../../src-shared/contract/motions.ts';
import { useEditor } from './studio-context.tsx';
import { useSettled } from './use-settled.ts';

/** The part of a clip that is looked at. Times in seconds of the clip; null: its beginning, its end. */
export interface ClipPart {
  readonly assetId: string;
  readonly fromSeconds: number | null;
  readonly toSeconds: number | null;
  readonly crop: CropRectangle | null;
  readonly reversed: boolean;
  readonly packId?: string;
  readonly settings: NonNullable<LearnInput['settings']>;
}

/** Long enough to pass over the values of a drag, short enough to feel like an answer. */
const SETTLE_MS = 180;

/** What the host sees in a part of a clip. The last answer stays while the next is made; `isCurrent` says whether it fits. */
export function useClipInspection(part: ClipPart | null): { inspection: ClipInspection | null; isCurrent: boolean; error: string | null } {
  const { client, project } = useEditor();
  const wanted = JSON.stringify(part);
  const asked = useSettled(wanted, SETTLE_MS);
  const request = JSON.parse(asked) as ClipPart | null;
  const { data, error, isPlaceholderData } = useQuery({
    queryKey: [project.id, 'inspectClip', asked],
    queryFn: ({ signal }) => {
      if (request === null) return null;
      const { assetId, ...rest } = request;
      return client.motions.inspectClip({ projectId: project.id, clip: { assetId }, ...rest }, { signal });
    },
    enabled: request !== null,
    retry: false,
    // Its pictures lie on the host for a while only: an old answer is asked for again.
    gcTime: 0,
    placeholderData: (previous) => previous,
  });
  return { inspection: part === null ? null : (data ?? null), isCurrent: asked === wanted && !isPlaceholderData && data !== undefined, error: error === null ? null : error.message };
}
