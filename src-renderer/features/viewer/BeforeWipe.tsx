import Compare from '@mui/icons-material/Compare';
import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { placeLayer } from '../../../src-shared/compose/pixel-rules.ts';
import { secondsToFrame } from '../../../src-shared/timing/frame-rate.ts';
import { useDocument, useEditor, useSession } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { WipeLine } from '../../components/WipeLine.tsx';
import { footageBefore } from '../../editor/clip-takes.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { MediaLayer } from './MediaLayer.tsx';

/**
 * Over the composed timeline, left of a line that can be dragged: the footage that the clip under the playhead was made from, at the same
 * moment and place. Nothing where no such clip is.
 */
export function BeforeWipe() {
  const { client, project } = useEditor();
  const records = useDocument((state) => state.records);
  const playhead = useSession((state) => state.playhead);
  const [isOpen, setOpen] = useState(false);
  const [percent, setPercent] = useState(50);
  const before = footageBefore(records, playhead);
  const assetId = before?.take.assetId ?? null;
  const asset = useQuery({
    queryKey: [project.id, 'asset', assetId],
    queryFn: () => (assetId === null ? null : client.assets.get({ projectId: project.id, assetId })),
    enabled: assetId !== null,
    retry: false,
  }).data ?? null;
  if (before === null || asset === null || asset.width === null || asset.height === null) return null;
  const canvas = sequenceOf(records);
  const place = placeLayer({ width: asset.width, height: asset.height }, before.clip, canvas);
  if (place === null) return null;
  // Where the whole picture lies, also what of it is outside the frame.
  const [across, down] = [place.target.width / place.source.width, place.target.height / place.source.height];
  const share = (pixels: number, of: number) => `${(100 * pixels) / of}%`;
  const frame = Math.min((asset.frames ?? 1) - 1, Math.max(0, secondsToFrame(before.seconds, asset.frameRate ?? canvas.frameRate)));
  return (
    <>
      {isOpen ? (
        <>
          <Box data-testid="before" data-asset={asset.id} data-frame={frame} style={{ clipPath: `inset(0 ${100 - percent}% 0 0)` }} sx={{ position: 'absolute', inset: 0, bgcolor: 'common.black' }}>
            <Box
              style={{ left: share(place.target.x - place.source.x * across, canvas.width), top: share(place.target.y - place.source.y * down, canvas.height), width: share(asset.width * across, canvas.width), height: share(asset.height * down, canvas.height) }}
              sx={{ position: 'absolute' }}
            >
              <MediaLayer key={asset.id} asset={asset} frame={frame} />
            </Box>
          </Box>
          <WipeLine percent={percent} onChange={setPercent} />
        </>
      ) : null}
      <IconAction
        label={t('viewer.before')} icon={<Compare />} pressed={isOpen} onClick={() => setOpen(!isOpen)}
        sx={{ position: 'absolute', top: 8, right: 8, zIndex: 1, color: 'common.white', bgcolor: isOpen ? 'primary.dark' : 'rgb(0 0 0 / 0.55)', '&:hover': { color: 'common.white', bgcolor: 'rgb(0 0 0 / 0.8)' } }}
      />
    </>
  );
}
