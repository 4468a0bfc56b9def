import Crop from '@mui/icons-material/Crop';
import MemoryOutlined from '@mui/icons-material/MemoryOutlined';
import ScheduleOutlined from '@mui/icons-material/ScheduleOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { useCallback, useEffect, useState } from 'react';
import type { Asset } from '../../../src-shared/contract/assets.ts';
import type { CropRectangle } from '../../../src-shared/contract/motions.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { filmstripUrl } from '../../api/media-address.ts';
import { usePacks } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useClipInspection } from '../../api/use-clip-inspection.ts';
import { NumberField } from '../../components/NumberField.tsx';
import { currentPack, packChoice } from '../../editor/generate.ts';
import { wantPreviews } from '../../editor/preview-wishes.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { ClipStrip } from './ClipStrip.tsx';
import { ClipView } from './ClipView.tsx';
import { cropShape, moveCrop, scaleCrop, wholeCrop } from './crop.ts';
import { CropFrame } from './CropFrame.tsx';
import { DEFAULT_LEARN_OPTIONS, LearnSettings } from './LearnSettings.tsx';
import { TrimBar } from './TrimBar.tsx';
import { startSpan, type Span } from './trim.ts';

/** Show-1's clip in seconds, while the pack is not known. */
const USUAL_SECONDS = 3.6;
const MAX_CAPTION = 300;

export interface ClipFormProps {
  readonly asset: Asset;
  readonly onBack: () => void;
  readonly onClose: () => void;
  readonly onStarted: (jobId: string) => void;
}

/** Which part of a clip to learn, what it shows, and what that will take. */
export function ClipForm({ asset, onBack, onClose, onStarted }: ClipFormProps) {
  const editor = useEditor();
  const { client, project, info } = editor;
  const { filmstrip } = useAsset(asset.id) ?? asset;
  const filmUrl = filmstripUrl(info.mediaBase, project.id, { id: asset.id, filmstrip });
  const film = filmUrl === null || filmstrip === null ? null : { url: filmUrl, tiles: filmstrip.tiles };
  useEffect(() => wantPreviews(editor, [asset]), [editor, asset]);
  const packs = usePacks();
  const pack = currentPack(packs);
  const rate = asset.frameRate ?? { num: 8, den: 1 };
  const frame = rate.den / rate.num;
  const duration = Math.max(frame, asset.durationMs === null ? (asset.frames ?? 1) * frame : asset.durationMs / 1000);
  const limits = { duration, frame };
  const modelSeconds = pack ? (pack.output.frames * pack.output.frameRate.den) / pack.output.frameRate.num : USUAL_SECONDS;

  const [chosenSpan, setSpan] = useState<Span | null>(null);
  const span = chosenSpan ?? startSpan(limits, modelSeconds);
  const [seek, setSeek] = useState({ seconds: span.from });
  const [position, setPosition] = useState(span.from);
  const [crop, setCrop] = useState<CropRectangle | null>(null);
  const [reversed, setReversed] = useState(false);
  const [caption, setCaption] = useState<string | null>(null);
  const [options, setOptions] = useState(DEFAULT_LEARN_OPTIONS);
  const [isStarting, setStarting] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const part = { fromSeconds: span.from <= 0 ? null : span.from, toSeconds: span.to >= duration ? null : span.to, crop, reversed, ...packChoice(packs), settings: options };
  const { inspection, isCurrent, error } = useClipInspection({ assetId: asset.id, ...part });
  const strip = inspection?.strip ?? null;
  const shape = strip !== null && asset.width !== null && asset.height !== null ? cropShape({ width: asset.width, height: asset.height }, strip) : null;
  const words = caption ?? inspection?.proposedCaption ?? '';
  const isSuitable = inspection?.problem === 'none';
  const memory = inspection?.expectedMemoryBytes ?? null;
  const percent = (share: number) => Math.round(share * 100);

  const show = useCallback((seconds: number) => {
    setSeek({ seconds });
    setPosition(seconds);
  }, []);

  const learn = async () => {
    setStarting(true);
    setRefusal(null);
    try {
      onStarted((await client.motions.learn({ projectId: project.id, clip: { assetId: asset.id }, ...part, caption: words })).jobId);
    } catch (caught) {
      setRefusal(caught instanceof Error ? caught.message : String(caught));
      setStarting(false);
    }
  };

  const problem = refusal ?? error ?? (inspection !== null && !isSuitable ? inspection.message : null);
  return (
    <>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 4 }}>
        <Box sx={{ display: 'grid', gridTemplateColumns: { xs: '1fr', sm: 'minmax(0, 1fr) 272px' }, gap: 5 }}>
          <Box sx={{ minWidth: 0, display: 'flex', flexDirection: 'column', gap: 3 }}>
            <ClipView asset={asset} span={span} seek={seek} onPosition={setPosition}>
              {crop !== null && shape !== null ? <CropFrame crop={crop} shape={shape} onChange={setCrop} /> : null}
            </ClipView>
            <TrimBar span={span} limits={limits} strip={film} position={position} onChange={(next, seconds) => { setSpan(next); show(seconds); }} />
          </Box>
          <Box sx={{ minWidth: 0, display: 'flex', flexDirection: 'column', gap: 3 }}>
            <TextField
              label={t('motions.caption')} value={words} multiline minRows={2} maxRows={4} autoFocus error={inspection !== null && words.trim() === ''} helperText={t(words.trim() === '' && inspection !== null ? 'motions.caption.missing' : 'motions.caption.help')}
              onChange={(event) => setCaption(event.target.value)} slotProps={{ htmlInput: { maxLength: MAX_CAPTION }, formHelperText: { sx: { mx: 0 } } }}
            />
            <Box>
              <Button color="inherit" variant="outlined" disabled={shape === null} startIcon={<Crop />} onClick={() => setCrop(crop === null && shape !== null ? scaleCrop(wholeCrop(shape), 0.8 * Math.min(1, 1 / shape), shape) : null)} sx={{ borderColor: crop === null ? 'divider' : 'studio.eventLine', bgcolor: crop === null ? 'transparent' : 'studio.event' }}>
                {t(crop === null ? 'motions.crop.on' : 'motions.crop.off')}
              </Button>
              {crop === null || shape === null ? null : (
                <Box role="group" aria-label={t('motions.crop')} sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 1.5, mt: 2 }}>
                  <NumberField label={t('motions.crop.left')} unit="%" value={percent(crop.x)} min={0} max={100} onCommit={(value) => setCrop(moveCrop(crop, value / 100, crop.y))} />
                  <NumberField label={t('motions.crop.top')} unit="%" value={percent(crop.y)} min={0} max={100} onCommit={(value) => setCrop(moveCrop(crop, crop.x, value / 100))} />
                  <NumberField label={t('motions.crop.width')} unit="%" value={percent(crop.width)} min={10} max={100} onCommit={(value) => setCrop(scaleCrop(crop, value / 100, shape))} />
                </Box>
              )}
            </Box>
            <FormControlLabel control={<Checkbox size="small" checked={reversed} onChange={(_, checked) => setReversed(checked)} sx={{ p: 1 }} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{t('motions.reversed')}</Box>} sx={{ ml: -1, my: -1 }} />
            <LearnSettings options={options} onChange={setOptions} />
            <Box data-testid="learn-cost" sx={{ mt: 'auto', display: 'flex', flexDirection: 'column', gap: 1, fontSize: 12, color: 'text.secondary', '& svg': { fontSize: 15 }, '& > span': { display: 'flex', alignItems: 'center', gap: 1.5 } }}>
              <span><ScheduleOutlined />{inspection === null ? t('motions.cost.looking') : inspection.expectedMs === null ? t('motions.cost.unmeasured') : t('motions.cost.time', { time: formatDuration(inspection.expectedMs) })}</span>
              {memory === null ? null : <Box component="span" sx={{ color: memory > info.memory.totalBytes ? 'warning.main' : 'inherit' }}><MemoryOutlined />{t(memory > info.memory.totalBytes ? 'motions.cost.tooMuch' : 'motions.cost.memory', { memory: formatBytes(memory) })}</Box>}
            </Box>
          </Box>
        </Box>
        {problem === null ? null : <Alert severity={refusal !== null || error !== null ? 'error' : 'warning'} variant="outlined" sx={{ py: 0.5 }}>{problem}</Alert>}
        <ClipStrip inspection={inspection} reversed={reversed} isCurrent={isCurrent} />
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onBack} sx={{ mr: 'auto' }}>{t('motions.otherClip')}</Button>
        <Button color="inherit" onClick={onClose}>{t('action.cancel')}</Button>
        <Button variant="contained" disabled={!isSuitable || !isCurrent || words.trim() === '' || isStarting} onClick={() => void learn()}>{t('motions.learnNow')}</Button>
      </DialogActions>
    </>
  );
}
