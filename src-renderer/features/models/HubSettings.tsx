import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type SubmitEvent } from 'react';
import type { HubSettings as Settings } from '../../../src-shared/contract/hub.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { BESIDE_FIELD } from '../../components/beside-field.ts';
import { t } from '../../i18n/text.ts';

const messageOf = (caught: unknown): string => (caught instanceof Error ? caught.message : String(caught));

/** Where repositories come from: the hub or a mirror, and the token for gated ones. Nothing is asked of the hub here. */
export function HubSettings() {
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const settings = useQuery({ queryKey: ['hubSettings'], queryFn: () => client.hub.settings({}) }).data;
  const [isOpen, setOpen] = useState(false);
  if (settings === undefined) return null;
  const keep = (next: Settings) => void queryClient.setQueryData(['hubSettings'], next);
  return (
    <Box component="section" aria-label={t('hub.settings')} sx={{ px: 3, py: 2, borderRadius: 2, bgcolor: 'studio.panel', border: 1, borderColor: 'studio.line' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <Typography variant="body2" sx={{ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', color: 'text.secondary' }}>{t('hub.from', { address: settings.address })} · {t(settings.hasToken ? 'hub.withToken' : 'hub.withoutToken')}</Typography>
        <Button color="inherit" sx={{ ml: 'auto', flex: 'none' }} aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>{t(isOpen ? 'action.close' : 'hub.change')}</Button>
      </Box>
      {isOpen ? (
        <Box sx={{ display: 'flex', flexDirection: 'column', gap: 3, mt: 2, mb: 1 }}>
          <OneField label={t('hub.address')} initial={settings.address} help={t('hub.addressHelp', { address: settings.defaultAddress })} onKeep={async (address) => keep(await client.hub.setAddress({ address }))} />
          <TokenField settings={settings} onKept={keep} />
        </Box>
      ) : null}
    </Box>
  );
}

/** Takes a token for the present address and says where it is kept. It is never shown again. */
export function TokenField({ settings, onKept }: { settings: Settings; onKept: (next: Settings) => void }) {
  const { client } = useStudio();
  const set = async (token: string) => onKept(await client.hub.setToken({ token }));
  return (
    <Box>
      <OneField key={String(settings.hasToken)} isSecret label={t(settings.hasToken ? 'hub.newToken' : 'hub.token')} initial="" help={t(`hub.tokenKeptIn.${settings.tokenKeptIn}`, { address: settings.address })} onKeep={set} />
      {settings.hasToken ? <Button color="inherit" onClick={() => void set('')}>{t('hub.forgetToken')}</Button> : null}
    </Box>
  );
}

function OneField({ label, initial, help, isSecret = false, onKeep }: { label: string; initial: string; help: string; isSecret?: boolean; onKeep: (value: string) => Promise<void> }) {
  const [value, setValue] = useState(initial);
  const [error, setError] = useState<string | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await onKeep(value.trim());
      setError(null);
    } catch (caught) {
      setError(messageOf(caught));
    }
  };
  return (
    <Box component="form" onSubmit={(event: SubmitEvent) => void submit(event)} sx={{ display: 'flex', gap: 1.5, alignItems: 'flex-start' }}>
      <TextField label={label} value={value} type={isSecret ? 'password' : 'text'} error={error !== null} helperText={error ?? help} onChange={(event) => setValue(event.target.value)} slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }} />
      <Button type="submit" color="inherit" variant="outlined" disabled={isSecret && value.trim() === ''} sx={BESIDE_FIELD}>{t('hub.keep')}</Button>
    </Box>
  );
}
