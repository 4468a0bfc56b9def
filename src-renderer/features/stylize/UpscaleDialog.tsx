import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Slider from '@mui/material/Slider';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { UPSCALE_STEPS, type UpscaleFactor } from '../../../src-shared/contract/footage.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { usePacks } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { Poster } from '../../components/Poster.tsx';
import { startFootage } from '../../editor/footage-commands.ts';
import { packChoice } from '../../editor/generate.ts';
import { tilesAhead } from '../../components/tile-words.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

const FACTORS: readonly UpscaleFactor[] = [2, 4];

/** How many times larger, how much detail is drawn, and what that takes. */
export function UpscaleDialog({ assetId }: { assetId: string }) {
  const editor = useEditor();
  const { client, project, session } = editor;
  const pack = packChoice(usePacks());
  const [factor, setFactor] = useState<UpscaleFactor>(2);
  const [detail, setDetail] = useState(0);
  const request = { projectId: project.id, assetId, factor, detail, ...pack };
  const plan = useQuery({
    queryKey: [project.id, 'upscalePlan', JSON.stringify(request)],
    queryFn: ({ signal }) => client.footage.planUpscale(request, { signal }),
    retry: false,
    placeholderData: (previous) => previous,
  });
  const close = () => session.setState({ dialog: null });
  const { data, error } = plan;
  const asset = useAsset(assetId);
  return (
    <Dialog open onClose={close} fullWidth maxWidth="xs">
      <DialogTitle>{t('footage.upscale.title')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
        {asset === null ? null : (
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 3 }}>
            <Box sx={{ width: 112, flex: 'none' }}><Poster src={thumbnailUrl(editor.info.mediaBase, project.id, asset)} /></Box>
            <Box sx={{ minWidth: 0 }}>
              <Box sx={{ fontWeight: 600, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={asset.name}>{asset.name}</Box>
              {data === undefined ? null : <Box sx={{ fontSize: 12, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{t('footage.upscale.sizes', { fromWidth: asset.width ?? 0, fromHeight: asset.height ?? 0, width: data.width, height: data.height })}</Box>}
            </Box>
          </Box>
        )}
        <ToggleButtonGroup exclusive fullWidth size="small" value={factor} aria-label={t('footage.upscale.factor')} onChange={(_, next: UpscaleFactor | null) => { if (next !== null) setFactor(next); }}>
          {FACTORS.map((each) => <ToggleButton key={each} value={each} aria-label={t('footage.upscale.times', { factor: each })}>{`${each}×`}</ToggleButton>)}
        </ToggleButtonGroup>
        <Box>
          <Box sx={{ fontSize: 12, color: 'text.secondary', mb: 1 }}>{t('footage.upscale.detail')}</Box>
          <Box sx={{ px: 1.5 }}>
            <Slider size="small" value={detail} min={0} max={UPSCALE_STEPS.length - 1} step={1} marks aria-label={t('footage.upscale.detail')} getAriaValueText={(now) => t(now === 0 ? 'footage.upscale.faithful' : 'footage.upscale.steps', { steps: UPSCALE_STEPS[now] ?? 1 })} onChange={(_, next) => setDetail(Number(next))} />
          </Box>
          <Box sx={{ fontSize: 11.5, color: 'text.secondary' }}>{t(detail === 0 ? 'footage.upscale.faithful' : 'footage.upscale.steps', { steps: UPSCALE_STEPS[detail] ?? 1 })}</Box>
        </Box>
        <Box data-testid="upscale-cost" sx={{ fontSize: 12, color: 'text.secondary' }}>
          {data === undefined ? t('stylize.cost.looking') : t('footage.upscale.cost', { size: formatBytes(data.expectedBytes), time: data.expectedMs === null ? t('footage.upscale.unmeasured') : formatDuration(data.expectedMs) })} {data === undefined ? '' : tilesAhead(data.tiles)}
        </Box>
        {error === null ? null : <Alert severity="error">{error.message}</Alert>}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={close}>{t('action.cancel')}</Button>
        <Button variant="contained" disabled={error !== null || data === undefined || project.readOnly} onClick={() => void startFootage(editor, () => client.footage.upscale(request))}>{t('footage.upscale.start')}</Button>
      </DialogActions>
    </Dialog>
  );
}
