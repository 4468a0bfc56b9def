import { useEffect, useState } from 'react';
import { useEditor } from './studio-context.tsx';
import { useJobs } from './queries.ts';
import { uploadFile } from './upload.ts';

/** A clip on its way into the project: sent, then imported. `share` is what was sent, in [0, 1]. */
export interface ArrivingClip {
  readonly assetId: string | null;
  readonly share: number;
  /** Why it cannot be had, in words for people. */
  readonly error: string | null;
}

/** A file to send, or the import of one that the host reads itself. */
export type ClipArrival = { readonly file: File } | { readonly importJobId: string };

const NOTHING: ArrivingClip = { assetId: null, share: 0, error: null };

/** Brings a clip into the library and tells its asset once it is there. Leaving stops what is still being sent. */
export function useArrivingClip(arrival: ClipArrival | null): ArrivingClip {
  const { info, project } = useEditor();
  const [sent, setSent] = useState<{ readonly file: File; readonly share: number; readonly jobId: string | null; readonly error: string | null } | null>(null);
  const file = arrival !== null && 'file' in arrival ? arrival.file : null;

  useEffect(() => {
    if (file === null) return undefined;
    const stop = new AbortController();
    const tell = (change: { share?: number; jobId?: string; error?: string }) => {
      if (!stop.signal.aborted) setSent((before) => ({ share: 0, jobId: null, error: null, ...(before?.file === file ? before : {}), ...change, file }));
    };
    uploadFile({ mediaBase: info.mediaBase, projectId: project.id, file, signal: stop.signal, onShare: (share) => tell({ share }) }).then(
      ({ jobId }) => tell({ share: 1, jobId }),
      (caught: unknown) => tell({ error: caught instanceof Error ? caught.message : String(caught) }),
    );
    return () => stop.abort();
  }, [file, info.mediaBase, project.id]);

  const own = sent !== null && sent.file === file ? sent : null;
  const jobId = arrival !== null && 'importJobId' in arrival ? arrival.importJobId : (own?.jobId ?? null);
  const job = useJobs().find(({ id }) => id === jobId) ?? null;
  if (arrival === null) return NOTHING;
  const failure = job !== null && (job.state === 'discarded' || job.state === 'cancelled') ? (job.error?.message ?? '') : null;
  return { assetId: job?.resultAssetId ?? null, share: own?.share ?? 0, error: own?.error ?? failure };
}
