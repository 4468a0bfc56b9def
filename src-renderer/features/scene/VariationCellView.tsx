import Check from '@mui/icons-material/Check';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { assetUrl, previewUrl } from '../../api/media-address.ts';
import { useJobs, useTakes } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { FrameLoop } from '../../components/FrameLoop.tsx';
import { partShare } from '../../components/StageStrip.tsx';
import { activeTake } from '../../../src-shared/takes/take-of-event.ts';
import type { VariationCell } from '../../editor/session-store.ts';
import { pickVariation, variantName } from '../../editor/variations.ts';
import { t } from '../../i18n/text.ts';

const wantsStillness = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;

/** One variation: what the engine shows of it while it is made, then its loop, to be picked with a click. */
export function VariationCellView({ cell, index, event, onPicked }: { cell: VariationCell; index: number; event: PromptEvent; onPicked: () => void }) {
  const editor = useEditor();
  const { info, project } = editor;
  const takes = useTakes();
  const job = useJobs().find(({ id }) => id === cell.jobId) ?? null;
  const take = job?.resultAssetId ? (takes.find((candidate) => candidate.promptEventId === event.id && candidate.asset.id === job.resultAssetId) ?? null) : null;
  const isActive = take !== null && activeTake(takes, event)?.id === take.id;
  const name = variantName(cell.variant, index);
  const share = job === null || job.parts.length === 0 ? 0 : job.parts.reduce((sum, part) => sum + partShare(part), 0) / job.parts.length;
  const state = take !== null ? t('vary.ready') : job === null ? t('vary.gone') : t(`job.state.${job.state}`);
  const hasFailed = job?.state === 'discarded' || job?.state === 'cancelled';
  return (
    <Box component="li" data-variation={job?.state ?? 'gone'} sx={{ position: 'relative', minWidth: 0 }}>
      <ButtonBase
        disabled={take === null || project.readOnly} aria-pressed={isActive} aria-label={t('vary.pickNamed', { name, state })}
        onClick={() => { if (take) { pickVariation(editor, take); onPicked(); } }}
        sx={{ display: 'block', width: 1, aspectRatio: '16 / 10', borderRadius: 1.5, overflow: 'hidden', bgcolor: 'studio.stage', border: 2, borderColor: isActive ? 'primary.main' : 'transparent', '&:hover, &:focus-visible': { borderColor: 'primary.light' } }}
      >
        {take !== null ? (
          <Box component="video" src={assetUrl(info.mediaBase, project.id, take.asset.id)} muted loop playsInline autoPlay={!wantsStillness()} aria-hidden sx={{ display: 'block', width: 1, height: 1, objectFit: 'cover' }} />
        ) : job !== null && job.previewVersion > 0 && !hasFailed ? (
          <FrameLoop url={previewUrl(info.mediaBase, project.id, job.id, job.previewVersion)} label={name} isPlaying={job.state === 'running'} />
        ) : null}
        {isActive ? <Box component="span" sx={{ position: 'absolute', top: 8, left: 8, width: 18, height: 18, borderRadius: '50%', bgcolor: 'primary.main', color: 'common.white', display: 'grid', placeItems: 'center' }}><Check sx={{ fontSize: 13 }} /></Box> : null}
        {take === null ? <Box component="span" sx={{ position: 'absolute', left: 0, right: 0, bottom: 0, height: 3, transformOrigin: 'left', transform: `scaleX(${share})`, bgcolor: 'primary.light' }} /> : null}
      </ButtonBase>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1, px: 0.5, pt: 0.5, fontSize: 11.5 }}>
        <span>{name}</span>
        <Box component="span" sx={{ color: hasFailed ? 'error.main' : 'text.secondary' }}>{state}</Box>
      </Box>
      {job?.state === 'discarded' && job.error ? <Box role="alert" sx={{ px: 0.5, fontSize: 11, color: 'text.secondary' }}>{job.error.message}</Box> : null}
    </Box>
  );
}
