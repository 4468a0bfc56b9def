import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import type { ModelPack } from '../../src-shared/contract/models.ts';
import { formatBytes } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';

/** Name, version, licence and size of a pack, what it lacks, and what is wrong with one that cannot be used. `actions` stand at its foot, `children` below them. */
export function PackCard({ pack, actions, children }: { pack: ModelPack; actions?: ReactNode; children?: ReactNode }) {
  const { imported } = pack;
  const isHashing = imported !== undefined && pack.problem === null && pack.sha256 === '';
  const facts = [pack.output.frames > 0 ? t('models.output', { frames: pack.output.frames, width: pack.output.width, height: pack.output.height }) : '', pack.sizeBytes > 0 ? formatBytes(pack.sizeBytes) : '', pack.licence];
  return (
    <Box component="article" aria-label={pack.name} sx={{ p: 3, borderRadius: 2, border: 1, borderColor: pack.problem === null ? 'divider' : 'error.main', bgcolor: 'studio.well' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mb: 1 }}>
        <Typography variant="h3" component="h3">{pack.name}</Typography>
        {pack.version === '' ? null : <Chip size="small" label={pack.version} />}
        {pack.embedded ? <Chip size="small" variant="outlined" label={t('models.embedded')} sx={{ ml: 'auto', borderColor: 'divider', color: 'text.secondary' }} /> : null}
      </Box>
      {pack.description === '' ? null : <Typography variant="body2" sx={{ color: 'text.secondary' }}>{pack.description}</Typography>}
      <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mt: 1.5 }}>{facts.filter((fact) => fact !== '').join(' · ')}</Typography>
      {isHashing ? (
        <Box sx={{ mt: 1 }}>
          <Typography variant="caption" component="p" sx={{ color: 'text.secondary', m: 0, mb: 0.75 }}>{t('models.hashing', { done: formatBytes(imported.hashedBytes), total: formatBytes(imported.totalBytes) })}</Typography>
          <LinearProgress variant="determinate" aria-label={t('models.hashingLabel', { name: pack.name })} value={imported.totalBytes === 0 ? 0 : (imported.hashedBytes / imported.totalBytes) * 100} />
        </Box>
      ) : pack.sha256 === '' ? null : <Typography variant="caption" component="p" sx={{ color: 'text.disabled', m: 0, mt: 0.5, userSelect: 'text' }}>{t('models.hash', { hash: pack.sha256.slice(0, 16) })}</Typography>}
      {imported === undefined || imported.missing.length === 0 || pack.problem !== null ? null : (
        <Box component="ul" aria-label={t('models.missing')} sx={{ m: 0, mt: 1.5, pl: 4, fontSize: 12, color: 'text.secondary' }}>{imported.missing.map((line) => <li key={line}>{line}</li>)}</Box>
      )}
      {pack.problem === null ? null : <Box role="alert" sx={{ display: 'flex', gap: 1.5, mt: 2, fontSize: 12, color: 'error.main', '& svg': { fontSize: 16, flex: 'none' } }}><ErrorOutlineOutlined />{pack.problem}</Box>}
      {actions === undefined ? null : <Box sx={{ display: 'flex', gap: 1.5, mt: 2 }}>{actions}</Box>}
      {children}
    </Box>
  );
}
