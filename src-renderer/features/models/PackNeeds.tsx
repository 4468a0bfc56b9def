import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ModelPack } from '../../../src-shared/contract/models.ts';
import { Preset } from '../../../src-shared/recipe/recipe.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** What each model of a preset takes, against this machine's memory, before anything is started. */
export function PackNeeds({ pack }: { pack: ModelPack }) {
  const { client } = useStudio();
  const [preset, setPreset] = useState<Preset>('standard');
  const { data: plan, error } = useQuery({ queryKey: ['packPlan', pack.id, pack.sha256, preset], queryFn: () => client.models.plan({ packId: pack.id, preset }), retry: false, gcTime: 0 });
  const nameOf = (id: Preset): string => pack.presetNames?.[id] ?? t(`preset.${id}`);
  return (
    <Box component="section" aria-label={t('packNeeds.title', { name: pack.name })} sx={{ mt: 2, pt: 2, borderTop: 1, borderColor: 'studio.line' }}>
      <ToggleButtonGroup exclusive size="small" value={preset} aria-label={t('packNeeds.preset')} onChange={(_, next: Preset | null) => { if (next) setPreset(next); }}>
        {Preset.options.map((id) => <ToggleButton key={id} value={id} sx={{ px: 2.5 }}>{nameOf(id)}</ToggleButton>)}
      </ToggleButtonGroup>
      {error === null ? null : <Typography role="alert" variant="caption" component="p" sx={{ mt: 1, mb: 0, color: 'error.main' }}>{error.message}</Typography>}
      {plan === undefined ? (error === null ? <Typography role="status" variant="caption" component="p" sx={{ mt: 1, mb: 0, color: 'text.secondary' }}>{t('packNeeds.asking')}</Typography> : null) : (
        <>
          <Typography variant="body2" sx={{ mt: 1.5, color: plan.verdict === 'tooLarge' ? 'error.main' : 'text.primary' }}>{t(`packNeeds.verdict.${plan.verdict}`)} {t('packNeeds.machine', { total: formatBytes(plan.machine.totalBytes), free: formatBytes(plan.machine.freeBytes) })}</Typography>
          <Box component="table" sx={{ mt: 1, width: '100%', fontSize: 12, borderCollapse: 'collapse', '& td, & th': { textAlign: 'left', py: 0.5, pr: 2, fontWeight: 400, color: 'text.secondary' }, '& td:first-of-type': { color: 'text.primary' } }}>
            <thead><tr><th>{t('packNeeds.model')}</th><th>{t('packNeeds.needs')}</th><th>{t('packNeeds.weights')}</th><th>{t('packNeeds.here')}</th></tr></thead>
            <tbody>
              {plan.steps.map(({ stage, part, needBytes, weightBytes, int8Bytes, form, weightsStayInFile, verdict }) => (
                <tr key={`${stage}${part}`}>
                  <td>{`${t(`stage.${stage}`)}: ${t(`packNeeds.part.${part}`)}`}</td>
                  <td>{formatBytes(needBytes)}</td>
                  <td>{form === 'int8' ? t('packNeeds.int8', { size: formatBytes(int8Bytes ?? 0) }) : weightsStayInFile ? t('packNeeds.inFile', { size: formatBytes(weightBytes) }) : formatBytes(weightBytes)}</td>
                  <td>{t(`packNeeds.short.${verdict}`)}</td>
                </tr>
              ))}
            </tbody>
          </Box>
        </>
      )}
    </Box>
  );
}
