import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ExportEstimate } from '../../../src-shared/contract/export.ts';
import type { MissingMediaChoice } from '../../../src-shared/export/missing-media.ts';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { Choice } from './ExportFields.tsx';

const fileName = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** How large, how long and where to; and what to know before it is started. */
export function Forecast({ estimate }: { readonly estimate: ExportEstimate }) {
  const { width, height, frames, durationMs, sizeBytes, freeBytes, copies, paths, present, missingCharacters } = estimate;
  const facts = [
    t('timelineExport.estimate', { size: `${width} × ${height}`, frames, duration: formatDuration(durationMs), bytes: formatBytes(sizeBytes) }),
    copies ? t('timelineExport.copies') : '', paths.length > 1 ? t('timelineExport.files', { count: paths.length }) : (paths[0] ?? ''), freeBytes === null ? '' : t('timelineExport.free', { bytes: formatBytes(freeBytes) }),
  ].filter((fact) => fact !== '');
  const warnings = [
    missingCharacters.length > 0 ? t('timelineExport.boxes', { characters: missingCharacters.join(' ') }) : '',
    freeBytes !== null && freeBytes < sizeBytes ? t('timelineExport.tooLittle', { free: formatBytes(freeBytes), needed: formatBytes(sizeBytes) }) : '',
    present.length > 0 ? t('timelineExport.overwrites', { name: present.map(fileName).join(', ') }) : '',
  ].filter((warning) => warning !== '');
  return (
    <Box>
      <Typography variant="body2" data-testid="export-estimate" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>{facts.join(' · ')}</Typography>
      {warnings.map((warning) => <Alert key={warning} severity="warning" variant="outlined" sx={{ mt: 1.5 }}>{warning}</Alert>)}
    </Box>
  );
}

/** How many missing files are named before they are only counted. */
const NAMED = 6;

interface MissingProps {
  readonly missing: ExportEstimate['missing'];
  readonly frameRate: FrameRate;
  readonly choice: MissingMediaChoice;
  readonly disabled: boolean;
  readonly onChange: (choice: MissingMediaChoice) => void;
}

/** Names what the timeline shows and the project no longer has, and asks what to do about it. */
export function MissingMediaField({ missing, frameRate, choice, disabled, onChange }: MissingProps) {
  if (missing.length === 0) return null;
  return (
    <Alert severity="warning" variant="outlined" data-testid="export-missing" sx={{ '& .MuiAlert-message': { flex: 1, minWidth: 0 } }}>
      {t(missing.length === 1 ? 'timelineExport.missingOne' : 'timelineExport.missing', { count: missing.length })}
      <Box component="ul" sx={{ mt: 1, mb: 3.5, pl: 4.5, overflowWrap: 'anywhere' }}>
        {missing.slice(0, NAMED).map(({ assetId, name, uses, firstFrame }) => (
          <li key={assetId}>{t(uses > 1 ? 'timelineExport.missingUses' : 'timelineExport.missingUse', { name: name ?? t('timelineExport.missingNameless'), time: formatTimecode(firstFrame, frameRate), count: uses })}</li>
        ))}
        {missing.length > NAMED ? <li>{t('timelineExport.missingMore', { count: missing.length - NAMED })}</li> : null}
      </Box>
      <Choice
        label={t('timelineExport.missingChoice')} value={choice} disabled={disabled} onChange={onChange}
        options={(['placeholder', 'leaveOut'] as const).map((value) => ({ value, label: t(`timelineExport.missing.${value}`) }))}
      />
    </Alert>
  );
}
