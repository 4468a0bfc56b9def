import ArrowBack from '@mui/icons-material/ArrowBack';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import FileDownloadOutlined from '@mui/icons-material/FileDownloadOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import type { Motion } from '../../../src-shared/contract/motions.ts';
import { useMotionDetail } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { LossCurve } from '../../components/LossCurve.tsx';
import { MotionPicture } from '../../components/MotionPicture.tsx';
import { useDraftText } from '../../components/use-draft-text.ts';
import { currentEvent, selectedEvent } from '../../editor/editor.ts';
import { exportMotion, putMotionOn, removeMotion, renameMotion } from '../../editor/motion-commands.ts';
import { formatBytes, formatClipTime, formatLoss } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { Facts, Section } from './Section.tsx';

/** A motion: what it shows, how it was learned, and what can be done with it. */
export function MotionPanel({ motion }: { motion: Motion }) {
  const editor = useEditor();
  const isReadOnly = editor.project.readOnly;
  const detail = useMotionDetail(motion.id);
  const name = useDraftText(motion.id, motion.name, (text) => void renameMotion(editor, motion, text));
  const event = currentEvent(editor);
  const isForeign = motion.packIds.length === 0;
  const { settings, source } = motion;
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 3, pb: 1 }}>
        <IconAction label={t('inspector.backToEvent')} icon={<ArrowBack />} onClick={() => { const behind = selectedEvent(editor); editor.session.setState({ selectedIds: behind ? [behind.id] : [] }); }} />
        <Typography variant="h3" component="h2">{t('motions.title')}</Typography>
      </Box>
      <Box sx={{ px: 4 }}><MotionPicture key={motion.id} motion={motion} isPlaying /></Box>
      <Section title={t('motions.name')}>
        <TextField value={name.text} onChange={(change) => name.setText(change.target.value)} onBlur={name.flush} disabled={isReadOnly} slotProps={{ htmlInput: { 'aria-label': t('motions.name'), maxLength: 200 } }} />
      </Section>
      {isForeign ? <Box sx={{ px: 4, pb: 2 }}><Alert severity="warning" variant="outlined" sx={{ py: 0.5 }}>{t('motions.otherModel', { name: motion.name, pack: motion.model.packName })}</Alert></Box> : null}
      <Box sx={{ display: 'flex', gap: 1.5, px: 4, pb: 2, flexWrap: 'wrap' }}>
        <Button variant="contained" disabled={isReadOnly || event === null || isForeign} onClick={() => { if (event) putMotionOn(editor, event.id, motion.id); }}>{t('motions.useOnEvent')}</Button>
        <Button variant="outlined" color="inherit" startIcon={<FileDownloadOutlined />} onClick={() => void exportMotion(editor, motion)} sx={{ borderColor: 'divider' }}>{t('motions.export')}</Button>
        <Button color="error" startIcon={<DeleteOutlined />} disabled={isReadOnly} onClick={() => removeMotion(editor, motion)}>{t('motions.delete')}</Button>
      </Box>
      <Section title={t('motions.caption')}><Box sx={{ fontSize: 12.5, userSelect: 'text', overflowWrap: 'anywhere' }}>{motion.caption}</Box></Section>
      {detail === null || detail.lossCurve.length === 0 ? null : (
        <Section title={t('motions.curve')} end={<Box component="span" sx={{ fontSize: 11.5, color: 'text.secondary', fontVariantNumeric: 'tabular-nums' }}>{t('motions.improved', { first: formatLoss(motion.firstLoss), best: formatLoss(motion.bestLoss) })}</Box>}>
          <LossCurve points={detail.lossCurve} steps={motion.steps} bestStep={motion.bestStep} />
        </Section>
      )}
      <Section title={t('motions.facts')}>
        <Facts
          rows={[
            [t('motions.facts.source'), source.name],
            [t('motions.facts.part'), t(source.reversed ? 'motions.trim.spanBackwards' : 'motions.trim.span', { from: formatClipTime(source.fromSeconds), to: formatClipTime(source.toSeconds) })],
            [t('motions.facts.steps'), t('motions.facts.stepsOf', { best: motion.bestStep, steps: motion.steps })],
            [t('motions.settings.rank'), settings.rank === 'full' ? t('motions.settings.rank.full') : t('motions.settings.rank.low', { rank: settings.rank })],
            [t('motions.settings.loss'), t(`motions.settings.loss.${settings.loss}`)],
            [t('motions.facts.model'), motion.model.packName],
            [t('asset.size'), formatBytes(motion.sizeBytes)],
            [t('asset.added'), new Date(motion.createdAt).toLocaleString()],
          ]}
        />
      </Section>
    </Box>
  );
}
