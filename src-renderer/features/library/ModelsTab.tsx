import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import Typography from '@mui/material/Typography';
import { usePacks } from '../../api/queries.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** The model packs at hand, and what is wrong with one that cannot be used. */
export function ModelsTab() {
  const packs = usePacks();
  const { info } = useStudio();
  if (packs.length === 0) return <EmptyState title={t('models.empty')} body={t('models.emptyHelp')} />;
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', p: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
      {packs.map((pack) => (
        <Box key={pack.id} component="article" sx={{ p: 3, borderRadius: 2, border: 1, borderColor: pack.problem === null ? 'divider' : 'error.main', bgcolor: 'studio.well' }}>
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mb: 1 }}>
            <Typography variant="h3" component="h3">{pack.name}</Typography>
            <Chip size="small" label={pack.version} />
            {pack.embedded ? <Chip size="small" variant="outlined" label={t('models.embedded')} sx={{ ml: 'auto', borderColor: 'divider', color: 'text.secondary' }} /> : null}
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>{pack.description}</Typography>
          <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mt: 1.5 }}>{[t('models.output', { frames: pack.output.frames, width: pack.output.width, height: pack.output.height }), formatBytes(pack.sizeBytes), pack.licence].join(' · ')}</Typography>
          <Typography variant="caption" component="p" sx={{ color: 'text.disabled', m: 0, mt: 0.5, userSelect: 'text' }}>{t('models.hash', { hash: pack.sha256.slice(0, 16) })}</Typography>
          {pack.problem === null ? null : <Box role="alert" sx={{ display: 'flex', gap: 1.5, mt: 2, fontSize: 12, color: 'error.main', '& svg': { fontSize: 16 } }}><ErrorOutlineOutlined />{pack.problem}</Box>}
        </Box>
      ))}
      <Typography variant="caption" sx={{ color: 'text.disabled' }}>{t('models.runsOn', { provider: info.executionProvider, cpu: info.cpu.model })}</Typography>
    </Box>
  );
}
