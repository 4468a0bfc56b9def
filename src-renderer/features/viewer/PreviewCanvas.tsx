import Box from '@mui/material/Box';
import { useEffect, useRef, useState } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { previewUrl } from '../../api/media-address.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';
import { parsePreview, rgbToRgba, type PreviewFrames } from '../../api/preview-frames.ts';

/** Keyframes stand two to a second in the clip; a little faster shows the motion better while they are noisy. */
const PREVIEW_FRAMES_PER_SECOND = 6;

/** The frames that are being denoised right now, as a loop. */
export function PreviewCanvas({ job }: { job: Job }) {
  const { info, project } = useEditor();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [preview, setPreview] = useState<PreviewFrames | null>(null);

  useEffect(() => {
    const stop = new AbortController();
    const load = async () => {
      const frames = await parsePreview(await fetch(previewUrl(info.mediaBase, project.id, job.id, job.previewVersion), { signal: stop.signal }));
      if (frames && !stop.signal.aborted) setPreview(frames);
    };
    // A preview that was missed is no loss: the next one is a step away.
    void load().catch(() => undefined);
    return () => stop.abort();
  }, [info.mediaBase, project.id, job.id, job.previewVersion]);

  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !preview) return undefined;
    const show = () => {
      const index = Math.floor((performance.now() / 1000) * PREVIEW_FRAMES_PER_SECOND) % preview.frames;
      context.putImageData(new ImageData(rgbToRgba(preview, index), preview.width, preview.height), 0, 0);
    };
    show();
    const timer = setInterval(show, 1000 / PREVIEW_FRAMES_PER_SECOND);
    return () => clearInterval(timer);
  }, [preview]);

  return (
    <Box
      component="canvas" ref={canvas} role="img" aria-label={t('viewer.preview')} data-testid="preview" data-frames={preview?.frames ?? 0} data-version={job.previewVersion}
      width={preview?.width ?? 64} height={preview?.height ?? 40} sx={{ position: 'absolute', inset: 0, width: 1, height: 1, display: preview ? 'block' : 'none' }}
    />
  );
}
