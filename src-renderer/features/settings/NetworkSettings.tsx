import Box from '@mui/material/Box';
import Switch from '@mui/material/Switch';
import Typography from '@mui/material/Typography';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useStudio } from '../../api/studio-context.tsx';
import { notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';

/** Whether anything may leave this machine, and everything that did. */
export function NetworkSettings() {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const { data: report } = useQuery({ queryKey: ['network'], queryFn: () => client.network.report({}), refetchOnMount: 'always' });
  if (report === undefined) return null;
  const setOffline = (offline: boolean) => void client.network.setOffline({ offline }).then((next) => queryClient.setQueryData(['network'], next), notifyError);
  return (
    <>
      <Box component="label" sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 4 }}>
        <span>{t('network.offline')}</span>
        <Switch size="small" checked={report.offline} disabled={report.fromStart} onChange={(_, on) => setOffline(on)} />
      </Box>
      <Typography variant="caption" component="p" sx={{ m: 0, color: 'text.secondary' }}>{t(report.fromStart ? 'network.fromStart' : 'network.help')}</Typography>
      <Typography role="status" variant="body2" sx={{ mt: 2 }}>{report.total === 0 ? t('network.nothing') : t('network.total', { count: report.total })}</Typography>
      {report.entries.length === 0 ? null : (
        <Box component="ul" tabIndex={0} aria-label={t('network.log')} sx={{ m: 0, mt: 1, p: 0, listStyle: 'none', maxHeight: 160, overflowY: 'auto', fontSize: 11.5, fontVariantNumeric: 'tabular-nums', userSelect: 'text' }}>
          {report.entries.map(({ at, host, what, status, sent }, index) => (
            // Entries have no names of their own; a new one comes in front with the whole list.
            <Box component="li" key={`${at} ${index}`} sx={{ display: 'grid', gridTemplateColumns: '128px 1fr auto', gap: 2, py: 0.5, borderBottom: 1, borderColor: 'studio.line' }}>
              <Box component="span" sx={{ color: 'text.secondary' }}>{new Date(at).toLocaleString()}</Box>
              <Box component="span" sx={{ minWidth: 0, overflowWrap: 'anywhere' }}>{t('network.entry', { host, what })}</Box>
              <Box component="span" sx={{ color: sent ? 'text.secondary' : 'warning.main' }}>{sent ? (status ?? t('network.broken')) : t('network.refused')}</Box>
            </Box>
          ))}
        </Box>
      )}
    </>
  );
}
