import AnimationOutlined from '@mui/icons-material/AnimationOutlined';
import FileUploadOutlined from '@mui/icons-material/FileUploadOutlined';
import ModelTraining from '@mui/icons-material/ModelTraining';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import { useRef } from 'react';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { previewUrl } from '../../api/media-address.ts';
import { useJobs, useMotions } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { FrameLoop } from '../../components/FrameLoop.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { useMotionDrop } from '../../components/use-motion-drop.ts';
import { UNFINISHED } from '../../editor/editor.ts';
import { importMotions, openLearning } from '../../editor/motion-commands.ts';
import { t } from '../../i18n/text.ts';
import { MotionCard } from './MotionCard.tsx';

/** Learned and imported motions, with those that are being learned; a clip dropped here becomes one. */
export function MotionsTab() {
  const editor = useEditor();
  const { motions, isLoading } = useMotions();
  const learning = useJobs().filter((job) => job.kind === 'learn' && UNFINISHED.has(job.state));
  const drop = useMotionDrop();
  const picker = useRef<HTMLInputElement>(null);
  const isReadOnly = editor.project.readOnly;
  return (
    <Box {...drop.handlers} data-testid="motion-drop" sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column', outline: drop.isTarget ? '2px dashed' : 'none', outlineColor: 'primary.main', outlineOffset: -4 }}>
      <Box sx={{ flex: 'none', display: 'flex', gap: 1, p: 2.5 }}>
        <Button variant="outlined" color="inherit" disabled={isReadOnly} startIcon={<ModelTraining />} onClick={() => openLearning(editor, null)} sx={{ flex: 1, borderColor: 'divider' }}>{t('motions.learn')}</Button>
        <IconAction label={t('motions.import')} icon={<FileUploadOutlined />} disabled={isReadOnly} onClick={() => picker.current?.click()} />
        <input ref={picker} type="file" multiple hidden accept=".safetensors" aria-label={t('motions.import.input')} onChange={(event) => { const files = [...(event.target.files ?? [])]; event.target.value = ''; void importMotions(editor, files); }} />
      </Box>
      <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', px: 2.5, pb: 2.5 }}>
        {!isLoading && motions.length === 0 && learning.length === 0 ? <EmptyState icon={<AnimationOutlined />} title={t('motions.empty')} body={t('motions.emptyHelp')} /> : null}
        <Box component="ul" aria-label={t('motions.all')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: 'repeat(auto-fill, minmax(104px, 1fr))', gap: 2 }}>
          {learning.map((job) => <LearningCard key={job.id} job={job} />)}
          {motions.map((motion) => <MotionCard key={motion.id} motion={motion} />)}
        </Box>
      </Box>
    </Box>
  );
}

function LearningCard({ job }: { job: Job }) {
  const editor = useEditor();
  const part = job.parts.find(({ name }) => name === 'learn');
  const share = part ? partShare(part) : 0;
  const state = job.state === 'running' ? t('motions.card.learning', { percent: Math.round(share * 100) }) : t(`job.state.${job.state}`);
  return (
    <Box component="li" sx={{ minWidth: 0 }}>
      <ButtonBase aria-label={t('motions.card.named', { name: job.title, state })} onClick={() => openLearning(editor, { jobId: job.id })} sx={{ display: 'block', width: 1, textAlign: 'left', borderRadius: 1.5, p: '2px', border: 2, borderColor: 'transparent', '&:hover': { borderColor: 'divider' } }}>
        <Box sx={{ position: 'relative', aspectRatio: '16 / 10', borderRadius: 1, overflow: 'hidden', bgcolor: 'studio.well', border: job.previewVersion > 0 ? 0 : 1, borderColor: 'divider', display: 'grid', placeItems: 'center', color: 'text.disabled' }}>
          {job.previewVersion > 0 ? <FrameLoop url={previewUrl(editor.info.mediaBase, editor.project.id, job.id, job.previewVersion)} label={t('motions.learning.sampleNow')} isPlaying={job.state === 'running'} /> : <ModelTraining sx={{ fontSize: 20 }} />}
          <Box sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, height: 3, bgcolor: 'studio.raised' }}><Box sx={{ height: 1, width: 1, transformOrigin: 'left', transform: `scaleX(${share})`, bgcolor: 'primary.main', transition: 'transform 240ms linear' }} /></Box>
        </Box>
        <Box sx={{ px: 0.5, pt: 0.75, fontSize: 11.5, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{job.title}</Box>{' '}
        <Box sx={{ px: 0.5, fontSize: 10.5, color: 'primary.light', fontVariantNumeric: 'tabular-nums' }}>{state}</Box>
      </ButtonBase>
    </Box>
  );
}
