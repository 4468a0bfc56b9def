import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ProviderWish } from '../../../src-shared/execution/provider.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';

/** What the models run on: the choice, why it is so, and what speaks against the others. */
export function ExecutionSettings() {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const [isTrying, setTrying] = useState(false);
  const { data: report } = useQuery({ queryKey: ['execution'], queryFn: () => client.system.execution({}) });
  if (report === undefined) return null;
  const choose = async (provider: ProviderWish) => {
    setTrying(true);
    try {
      queryClient.setQueryData(['execution'], await client.system.setExecutionProvider({ provider }));
    } catch (caught) {
      notifyError(caught);
    } finally {
      setTrying(false);
    }
  };
  return (
    <>
      <TextField select fullWidth label={t('execution.label')} value={report.wish} disabled={isTrying || report.wishFrom === 'start'} onChange={(event) => void choose(event.target.value as ProviderWish)} helperText={report.wishFrom === 'start' ? t('execution.fromStart') : isTrying ? t('execution.trying') : undefined}>
        {ProviderWish.options.map((wish) => <MenuItem key={wish} value={wish}>{t(`execution.provider.${wish}`)}</MenuItem>)}
      </TextField>
      <Typography role="status" variant="body2" sx={{ mt: 2 }}>{t('execution.now', { provider: t(`execution.provider.${report.provider}`), reason: report.reason })}</Typography>
      <Typography variant="caption" component="p" sx={{ m: 0, color: 'text.secondary' }}>{t(`execution.arithmetic.${report.arithmetic}`, { reason: report.arithmeticReason })}</Typography>
      <Box component="ul" aria-label={t('execution.passed')} sx={{ m: 0, mt: 1, pl: 4, fontSize: 12, color: 'text.secondary' }}>
        {report.passed.map(({ provider, why }) => <li key={provider}>{t('execution.not', { provider: t(`execution.provider.${provider}`), why })}</li>)}
        {report.fallbacks.map(({ provider, model, cause }) => <li key={`${provider}${model}`}>{t('execution.fallback', { provider: t(`execution.provider.${provider}`), model, cause })}</li>)}
      </Box>
    </>
  );
}
