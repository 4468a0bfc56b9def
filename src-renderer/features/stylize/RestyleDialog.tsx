import CasinoOutlined from '@mui/icons-material/CasinoOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Slider from '@mui/material/Slider';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClipPart } from '../../../src-shared/contract/stylization.ts';
import { formatTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { usePacks } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useStylePreview } from '../../api/use-style-preview.ts';
import { IconAction } from '../../components/IconAction.tsx';
import { NumberField } from '../../components/NumberField.tsx';
import { WipeView } from '../../components/WipeView.tsx';
import { startFootage } from '../../editor/footage-commands.ts';
import { freshSeed, packChoice } from '../../editor/generate.ts';
import { tilesAhead } from '../../components/tile-words.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { ShareSlider } from '../../components/ShareSlider.tsx';
import { SpanRows } from './SpanRows.tsx';
import { framedSpans, type SpanRow } from './span-rows.ts';
import { StyleGallery } from './StyleGallery.tsx';

export interface RestyleDialogProps {
  readonly assetId: string;
  /** The clip on the timeline that the result becomes a take of; null for a clip of the library. */
  readonly clipId: string | null;
  readonly part: ClipPart | null;
  /** The style that stands there at first; left out for the first look of the gallery. */
  readonly words?: string;
}

/** From a clip to another look of it: words or a look of the gallery, how strong and how firm, one frame ahead of the run. */
export function RestyleDialog({ assetId, clipId, part, words: given }: RestyleDialogProps) {
  const editor = useEditor();
  const { client, project, session } = editor;
  const packs = usePacks();
  const asset = useAsset(assetId);
  const pack = packChoice(packs);
  const gallery = useQuery({ queryKey: ['gallery', pack.packId ?? ''], queryFn: () => client.stylization.gallery(pack), staleTime: Infinity }).data ?? null;

  const frames = part?.frames ?? asset?.frames ?? 1;
  const [style, setStyle] = useState<string | null>(given ?? null);
  const [strength, setStrength] = useState<number | null>(null);
  const [structure, setStructure] = useState<number | null>(null);
  const [seed, setSeed] = useState(0);
  const [at, setAt] = useState(Math.floor(frames / 2));
  const [spans, setSpans] = useState<readonly SpanRow[]>([]);
  const close = () => session.setState({ dialog: null });

  const rate = asset?.frameRate ?? { num: 24, den: 1 };
  const words = style ?? gallery?.styles[0]?.prompt ?? '';
  const look = gallery === null ? null : { style: words.trim(), strength: strength ?? gallery.strength, structure: structure ?? gallery.structure, seed, ...pack };
  const frame = (part?.startFrame ?? 0) + at;
  const ready = look !== null && look.style !== '';
  const drawn = useStylePreview(ready ? { assetId, frame, ...look, small: false } : null);
  const original = useStylePreview(look === null ? null : { assetId, frame, ...look, style: 'none', seed: 0, structure: 0, strength: 0, small: false });
  const request = ready ? { projectId: project.id, assetId, part, clipId, ...look, spans: framedSpans(spans, rate, frames) } : null;
  const plan = useQuery({
    queryKey: [project.id, 'restylePlan', JSON.stringify(request)],
    queryFn: ({ signal }) => (request === null ? null : client.stylization.plan(request, { signal })),
    enabled: request !== null,
    retry: false,
    placeholderData: (previous) => previous,
  });
  const poster = asset === null ? null : thumbnailUrl(editor.info.mediaBase, project.id, asset);
  const problem = plan.error?.message ?? drawn.error;
  const remark = gallery === null ? null : !gallery.trained ? t('stylize.untrained') : plan.data && !plan.data.known ? t('stylize.unknownStyle') : null;
  const cost = plan.data ? (plan.data.expectedMs === null ? t('stylize.cost.unmeasured', { frames }) : t('stylize.cost.time', { frames, time: formatDuration(plan.data.expectedMs) })) : t('stylize.cost.looking');

  return (
    <Dialog open onClose={close} fullWidth maxWidth="md">
      <DialogTitle>{t(clipId === null ? 'stylize.title' : 'stylize.titleTake')}</DialogTitle>
      <DialogContent sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 1fr) 304px' }, gap: 5 }}>
        <Box sx={{ minWidth: 0, display: 'flex', flexDirection: 'column', gap: 2 }}>
          <WipeView before={original.frames} after={ready ? drawn.frames : null} ratio={asset?.width && asset.height ? asset.width / asset.height : 16 / 9} poster={poster} isStale={!drawn.isCurrent} />
          <Box sx={{ display: 'grid', gridTemplateColumns: '1fr auto', alignItems: 'center', gap: 3, fontSize: 12, color: 'text.secondary' }}>
            <Slider size="small" value={at} min={0} max={Math.max(0, frames - 1)} step={1} onChange={(_, next) => setAt(Number(next))} aria-label={t('stylize.frame')} getAriaValueText={(now) => formatTimecode(now, rate)} sx={{ height: 3, '& .MuiSlider-thumb': { width: 12, height: 12 } }} />
            <Box component="span" sx={{ fontVariantNumeric: 'tabular-nums' }}>{formatTimecode(at, rate)}</Box>
          </Box>
          <Box role="status" sx={{ minHeight: 18, fontSize: 11.5, color: 'text.secondary', display: 'flex', alignItems: 'center', gap: 1.5 }}>
            {ready && !drawn.isCurrent && problem === null ? <><CircularProgress size={12} />{t('stylize.drawing')}</> : drawn.wallMs === null || drawn.wallMs < 1000 ? null : t('stylize.drawnIn', { time: formatDuration(drawn.wallMs) })}
          </Box>
          {remark === null ? null : <Alert severity="info">{remark}</Alert>}
          {problem === null ? null : <Alert severity="error">{problem}</Alert>}
        </Box>
        <Box sx={{ minWidth: 0, display: 'flex', flexDirection: 'column', gap: 3 }}>
          <TextField label={t('stylize.style')} value={words} multiline maxRows={3} autoFocus onChange={(event) => setStyle(event.target.value)} helperText={t('stylize.style.help')} slotProps={{ htmlInput: { maxLength: 300 }, formHelperText: { sx: { mx: 0 } } }} />
          {gallery === null || gallery.styles.length === 0 ? null : <StyleGallery poster={poster} styles={gallery.styles} chosen={words} frame={look === null ? null : { assetId, frame, strength: look.strength, structure: look.structure, seed, ...pack }} onChoose={setStyle} />}
          <Box sx={{ display: 'flex', flexDirection: 'column', gap: 0.5 }}>
            <ShareSlider label={t('stylize.strength')} name={t('stylize.strength')} value={look?.strength ?? 0.6} max={1} marks={gallery === null ? [] : [gallery.strength]} disabled={look === null} onCommit={setStrength} />
            <ShareSlider label={t('stylize.structure')} name={t('stylize.structure')} value={look?.structure ?? 0.5} max={1} marks={gallery === null ? [] : [gallery.structure]} disabled={look === null} onCommit={setStructure} />
          </Box>
          <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
            <NumberField label={t('inspector.seed')} value={seed} min={0} max={0xffff_ffff} onCommit={setSeed} />
            <IconAction label={t('inspector.rollSeed')} icon={<CasinoOutlined />} onClick={() => setSeed(freshSeed())} />
          </Box>
          <SpanRows rows={spans} seconds={(frames * rate.den) / rate.num} onChange={setSpans} />
          <Box data-testid="restyle-cost" sx={{ mt: 'auto', fontSize: 12, color: 'text.secondary' }}>{cost} {tilesAhead(plan.data?.tiles ?? [])}</Box>
        </Box>
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={close}>{t('action.cancel')}</Button>
        <Button variant="contained" disabled={request === null || plan.error !== null || project.readOnly} onClick={() => { if (request !== null) void startFootage(editor, () => client.stylization.restyle(request)); }}>{t('stylize.start')}</Button>
      </DialogActions>
    </Dialog>
  );
}
