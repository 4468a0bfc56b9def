import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import Switch from '@mui/material/Switch';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useColorScheme } from '@mui/material/styles';
import { useState, type ReactNode } from 'react';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { notify } from '../../editor/notices.ts';
import { setWantsNotifications, wantsNotifications } from '../../editor/system-notice.ts';
import { t } from '../../i18n/text.ts';
import { MemorySettings } from './MemorySettings.tsx';
import { NetworkSettings } from './NetworkSettings.tsx';
import { ExecutionSettings } from './ExecutionSettings.tsx';

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box component="section" aria-label={title} sx={{ px: 4, py: 3, borderTop: 1, borderColor: 'studio.line' }}>
      <Typography variant="h3" sx={{ mb: 2 }}>{title}</Typography>
      {children}
    </Box>
  );
}

/** How the studio looks and behaves for this person, in every project. */
export function SettingsDialog({ onClose }: { onClose: () => void }) {
  const { info, session } = useEditor();
  const { mode, setMode } = useColorScheme();
  const [isNotified, setNotified] = useState(wantsNotifications);
  const switchNotifications = async (on: boolean) => {
    const granted = await setWantsNotifications(on);
    setNotified(granted);
    if (on && !granted) notify('error', t('settings.notificationsDenied'));
  };
  return (
    <Dialog open onClose={onClose} maxWidth="sm" fullWidth slotProps={{ paper: { 'aria-label': t('action.settings') } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', px: 4, py: 2.5 }}>
        <Typography variant="h2" component="h2">{t('action.settings')}</Typography>
        <IconAction label={t('action.close')} icon={<Close />} onClick={onClose} />
      </Box>
      <Section title={t('settings.appearance')}>
        <ToggleButtonGroup exclusive size="small" value={mode} aria-label={t('settings.theme')} onChange={(_, next: 'light' | 'dark' | 'system' | null) => { if (next) setMode(next); }}>
          {(['dark', 'light', 'system'] as const).map((id) => <ToggleButton key={id} value={id} sx={{ px: 4 }}>{t(`settings.theme.${id}`)}</ToggleButton>)}
        </ToggleButtonGroup>
      </Section>
      <Section title={t('settings.keyboard')}>
        <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} onClick={() => session.setState({ dialog: { kind: 'shortcuts' } })}>{t('settings.editKeys')}</Button>
      </Section>
      <Section title={t('region.queue')}>
        <Box component="label" sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 4 }}>
          <span>{t('settings.notifications')}</span>
          <Switch size="small" checked={isNotified} onChange={(_, on) => void switchNotifications(on)} />
        </Box>
      </Section>
      <Section title={t('execution.title')}><ExecutionSettings /><MemorySettings /></Section>
      <Section title={t('network.title')}><NetworkSettings /></Section>
      <Section title={t('settings.about')}>
        <Typography>{t('settings.version', { version: info.appVersion })}</Typography>
        <Typography sx={{ color: 'text.secondary' }}>{t('settings.licence')}</Typography>
      </Section>
    </Dialog>
  );
}
