import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useStudio } from '../api/studio-context.tsx';
import { t } from '../i18n/text.ts';

/** One line: what the models run on. Asked for when it is seen, because trying a graphics card takes a moment. */
export function RunsOn() {
  const { client, info } = useStudio();
  const { data: report } = useQuery({ queryKey: ['execution'], queryFn: () => client.system.execution({}) });
  return <Typography variant="caption" sx={{ color: 'text.disabled' }}>{report === undefined ? info.cpu.model : t('models.runsOn', { provider: t(`execution.provider.${report.provider}`), cpu: info.cpu.model })}</Typography>;
}
