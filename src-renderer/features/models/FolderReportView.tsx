import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import type { FolderReport, FoundPart, Licence } from '../../../src-shared/contract/models.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

const millions = (parameters: number): string => (parameters / 1e6).toFixed(parameters < 1e7 ? 2 : 0);

function Part({ part }: { part: FoundPart }) {
  return (
    <Box component="li" sx={{ p: 2.5, borderRadius: 1.5, border: 1, borderColor: part.problem === null ? 'divider' : 'error.main', bgcolor: 'studio.well' }}>
      <Typography variant="h3" component="h4">{t(`modelImport.role.${part.role}`)}</Typography>
      <Typography variant="caption" component="p" sx={{ m: 0, color: 'text.secondary', overflowWrap: 'anywhere' }}>{part.path}</Typography>
      {part.problem === null
        ? <Typography variant="caption" component="p" sx={{ m: 0, color: 'text.secondary' }}>{t('modelImport.partFacts', { size: formatBytes(part.sizeBytes), millions: millions(part.parameters), tensors: part.tensors, format: part.format ?? '' })}</Typography>
        : <Box role="alert" sx={{ display: 'flex', gap: 1.5, mt: 1, fontSize: 12, color: 'error.main', overflowWrap: 'anywhere', '& svg': { fontSize: 16, flex: 'none' } }}><ErrorOutlineOutlined />{part.problem}</Box>}
    </Box>
  );
}

function LicenceText({ licence, isAccepted, onChange }: { licence: Licence; isAccepted: boolean; onChange: (on: boolean) => void }) {
  return (
    <Box component="section" aria-label={licence.name}>
      <Typography variant="h3" component="h4">{licence.name}</Typography>
      <Box tabIndex={0} role="document" aria-label={t('modelImport.licenceText', { name: licence.name })} sx={{ mt: 1, p: 2.5, maxHeight: 150, overflowY: 'auto', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontSize: 12, borderRadius: 1.5, bgcolor: 'studio.well', border: 1, borderColor: 'divider', userSelect: 'text' }}>{licence.text}</Box>
      {licence.accepted
        ? <Typography variant="caption" component="p" sx={{ m: 0, mt: 1, color: 'text.secondary' }}>{t('modelImport.acceptedBefore')}</Typography>
        : <FormControlLabel sx={{ mt: 0.5 }} control={<Checkbox size="small" checked={isAccepted} onChange={(_, on) => onChange(on)} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{t('modelImport.accept', { name: licence.name })}</Box>} />}
    </Box>
  );
}

/** What a folder holds: its parts, what the packs would lack and what that costs, and the licences to accept before it is used. */
export function FolderReportView({ report, isBusy, onImport }: { report: FolderReport; isBusy: boolean; onImport: (accepted: readonly string[]) => void }) {
  const [accepted, setAccepted] = useState<ReadonlySet<string>>(new Set());
  const switchLicence = (id: string, on: boolean) => setAccepted((before) => new Set(on ? [...before, id] : [...before].filter((other) => other !== id)));
  const canImport = report.packs.length > 0 && report.licences.every((licence) => licence.accepted || accepted.has(licence.id));
  if (report.parts.length === 0) return <Typography role="status" sx={{ color: 'text.secondary' }}>{t('modelImport.nothing')}</Typography>;
  return (
    <>
      <Typography variant="h2" component="h3">{t('modelImport.found')}</Typography>
      <Box component="ul" aria-label={t('modelImport.found')} sx={{ m: 0, p: 0, listStyle: 'none', display: 'flex', flexDirection: 'column', gap: 1.5 }}>{report.parts.map((part) => <Part key={`${part.role}${part.path}`} part={part} />)}</Box>
      {report.packs.map(({ id, name, missing }) => (
        <Box key={id} component="section" aria-label={name}>
          <Typography variant="body2">{t(missing.length === 0 ? 'modelImport.complete' : 'modelImport.lacks', { name })}</Typography>
          {missing.length === 0 ? null : <Box component="ul" aria-label={t('models.missing')} sx={{ m: 0, mt: 0.5, pl: 4, fontSize: 12, color: 'text.secondary' }}>{missing.map((line) => <li key={line}>{line}</li>)}</Box>}
        </Box>
      ))}
      {report.licences.map((licence) => <LicenceText key={licence.id} licence={licence} isAccepted={accepted.has(licence.id)} onChange={(on) => switchLicence(licence.id, on)} />)}
      <Box>
        <Button variant="contained" disabled={!canImport || isBusy} onClick={() => onImport([...accepted])}>{t('modelImport.use')}</Button>
        <Typography variant="caption" component="p" sx={{ m: 0, mt: 1, color: 'text.secondary' }}>{t('modelImport.useHelp')}</Typography>
      </Box>
    </>
  );
}
