import MemoryOutlined from '@mui/icons-material/MemoryOutlined';
import SdStorageOutlined from '@mui/icons-material/SdStorageOutlined';
import TimerOutlined from '@mui/icons-material/TimerOutlined';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { SystemInfo } from '../../../src-shared/contract/system.ts';
import { useQuery } from '@tanstack/react-query';
import { useStudio } from '../../api/studio-context.tsx';
import { usePacks } from '../../api/queries.ts';
import { currentPack } from '../../editor/generate.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

function Fact({ icon, label, value, detail }: { icon: ReactNode; label: string; value: string; detail: string }) {
  return (
    <Box sx={{ position: 'relative', flex: 1, minWidth: 220, p: 3.5, pl: 11.5, bgcolor: 'studio.panel', border: 1, borderColor: 'studio.line', borderRadius: 2, '& svg': { position: 'absolute', left: 14, top: 16, fontSize: 20, color: 'text.secondary' } }}>
      <Typography variant="caption" component="dt" sx={{ color: 'text.secondary' }}>{icon}{label}</Typography>
      <Typography component="dd" sx={{ m: 0, fontSize: 15, fontWeight: 600, letterSpacing: '-0.01em', overflowWrap: 'anywhere' }}>{value}</Typography>
      <Typography variant="caption" component="dd" sx={{ m: 0, color: 'text.secondary', display: 'block', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', minHeight: '1.4em' }} title={detail}>{detail}</Typography>
    </Box>
  );
}

/** Three facts measured on this machine, before anything is asked for. */
export function MachineFacts({ info: initial }: { info: SystemInfo }) {
  const { client } = useStudio();
  const info = useQuery({ queryKey: ['system'], queryFn: () => client.system.info({}), initialData: initial }).data;
  const packs = usePacks();
  const pack = currentPack(packs) ?? packs[0];
  const problem = pack?.problem ?? null;
  const draft = useQuery({ queryKey: ['expectedDraft', pack?.id], queryFn: () => client.generation.expectedDraft({ packId: pack?.id ?? '' }), enabled: pack !== undefined && problem === null, retry: false }).data;
  const expected = draft === undefined ? '…' : draft.expectedMs === null ? t('start.measuring') : t(draft.isRough ? 'start.draftRough' : 'start.draftIn', { time: formatDuration(Math.max(1000, draft.expectedMs)) });
  return (
    <Box component="dl" aria-label={t('start.facts')} sx={{ display: 'flex', gap: 3, m: 0, flexWrap: 'wrap' }}>
      <Fact icon={<MemoryOutlined />} label={t('start.machine')} value={t('start.coresMemory', { cores: info.cpu.cores, memory: formatBytes(info.memory.totalBytes) })} detail={info.cpu.model} />
      <Fact icon={<SdStorageOutlined />} label={t('start.disk')} value={t('start.diskFree', { free: formatBytes(info.disk.freeBytes) })} detail={info.disk.path} />
      <Fact icon={<TimerOutlined />} label={t('start.firstClip')} value={problem === null ? expected : t('start.packProblem')} detail={problem ?? (pack ? t('start.firstClipDetail', { pack: pack.name, frames: pack.output.frames, width: pack.output.width, height: pack.output.height }) : '')} />
    </Box>
  );
}
