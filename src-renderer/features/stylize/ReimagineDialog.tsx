import CasinoOutlined from '@mui/icons-material/CasinoOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';
import { LearningSettings } from '../../../src-shared/contract/motions.ts';
import type { ClipPart } from '../../../src-shared/contract/stylization.ts';
import { Preset } from '../../../src-shared/recipe/recipe.ts';
import { framesToSeconds } from '../../../src-shared/timing/frame-rate.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useMotions, usePacks } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useClipInspection } from '../../api/use-clip-inspection.ts';
import { FrameStrip } from '../../components/FrameStrip.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { NumberField } from '../../components/NumberField.tsx';
import { ShareSlider } from '../../components/ShareSlider.tsx';
import { startFootage } from '../../editor/footage-commands.ts';
import { freshSeed, packChoice } from '../../editor/generate.ts';
import { formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** A motion is chosen by its id, or made from the clip itself. */
const OWN = 'own';

/** From a clip to another that moves like it: what the new one shows, and how closely it follows. */
export function ReimagineDialog({ assetId, clipId, part }: { assetId: string; clipId: string | null; part: ClipPart | null }) {
  const editor = useEditor();
  const { client, project, session } = editor;
  const packs = usePacks();
  const { motions } = useMotions();
  const asset = useAsset(assetId);
  const rate = asset?.frameRate ?? { num: 24, den: 1 };
  const [prompt, setPrompt] = useState('');
  const [caption, setCaption] = useState<string | null>(null);
  const [motion, setMotion] = useState(OWN);
  const [strength, setStrength] = useState(1);
  const [noiseMix, setNoiseMix] = useState(0.5);
  const [preset, setPreset] = useState<Preset>('standard');
  const [seed, setSeed] = useState(0);
  const close = () => session.setState({ dialog: null });

  const { steps, rank, loss } = LearningSettings.parse({});
  const { inspection, isCurrent, error } = useClipInspection({
    assetId, fromSeconds: part === null ? null : framesToSeconds(part.startFrame, rate), toSeconds: part === null ? null : framesToSeconds(part.startFrame + part.frames, rate), crop: null, reversed: false,
    ...packChoice(packs), settings: { steps, rank, loss },
  });
  const strip = inspection?.strip ?? null;
  const words = caption ?? inspection?.proposedCaption ?? '';
  const learns = motion === OWN;
  const usable = motions.filter(({ packIds }) => packIds.includes(packChoice(packs).packId ?? 'motif-mini'));
  const problem = error ?? (learns && inspection !== null && inspection.problem !== 'none' ? inspection.message : null);
  const request = {
    projectId: project.id, assetId, part, clipId, prompt: prompt.trim(), seed, preset, strength, noiseMix, motionId: learns ? null : motion, ...(words.trim() === '' ? {} : { caption: words.trim() }), ...packChoice(packs),
  };
  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm">
      <DialogTitle>{t('reimagine.title')}</DialogTitle>
      <DialogContent sx={{ display: 'flex', flexDirection: 'column', gap: 3 }}>
        <TextField label={t('reimagine.prompt')} value={prompt} autoFocus multiline minRows={2} maxRows={4} onChange={(event) => setPrompt(event.target.value)} helperText={t('reimagine.prompt.help')} slotProps={{ htmlInput: { maxLength: 2000 }, formHelperText: { sx: { mx: 0 } } }} />
        {strip === null ? null : <FrameStrip url={strip.url} count={strip.frames} ratio={strip.width / strip.height} isStale={!isCurrent} captions={null} label={(index) => t('reimagine.frame', { number: index + 1 })} />}
        <TextField select label={t('reimagine.motion')} value={motion} onChange={(event) => setMotion(event.target.value)}>
          <MenuItem value={OWN}>{t('reimagine.motion.own')}</MenuItem>
          {usable.map(({ id, name }) => <MenuItem key={id} value={id}>{name}</MenuItem>)}
        </TextField>
        {learns ? <TextField label={t('motions.caption')} value={words} onChange={(event) => setCaption(event.target.value)} helperText={t('motions.caption.help')} slotProps={{ htmlInput: { maxLength: 300 }, formHelperText: { sx: { mx: 0 } } }} /> : null}
        <Box>
          <ShareSlider label={t('reimagine.strength')} name={t('reimagine.strengthName')} value={strength} max={1.5} marks={[1]} disabled={false} onCommit={setStrength} />
          <ShareSlider label={t('reimagine.noise')} name={t('reimagine.noiseName')} value={noiseMix} max={1} disabled={false} onCommit={setNoiseMix} />
        </Box>
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr auto', gap: 1.5, alignItems: 'end' }}>
          <TextField select label={t('reimagine.preset')} value={preset} onChange={(event) => setPreset(Preset.parse(event.target.value))}>
            {Preset.options.map((each) => <MenuItem key={each} value={each}>{t(`preset.${each}`)}</MenuItem>)}
          </TextField>
          <NumberField label={t('inspector.seed')} value={seed} min={0} max={0xffff_ffff} onCommit={setSeed} />
          <IconAction label={t('inspector.rollSeed')} icon={<CasinoOutlined />} onClick={() => setSeed(freshSeed())} />
        </Box>
        <Box data-testid="reimagine-cost" sx={{ fontSize: 12, color: 'text.secondary' }}>
          {!learns ? t('reimagine.cost.known') : inspection === null ? t('stylize.cost.looking') : inspection.expectedMs === null ? t('reimagine.cost.unmeasured') : t('reimagine.cost.learn', { time: formatDuration(inspection.expectedMs) })}
        </Box>
        {problem === null ? null : <Alert severity="error">{problem}</Alert>}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={close}>{t('action.cancel')}</Button>
        <Button variant="contained" disabled={request.prompt === '' || problem !== null || (learns && words.trim() === '') || project.readOnly} onClick={() => void startFootage(editor, () => client.stylization.reimagine(request))}>{t('reimagine.start')}</Button>
      </DialogActions>
    </Dialog>
  );
}
