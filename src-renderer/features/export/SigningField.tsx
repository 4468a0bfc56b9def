import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { SigningKeys } from '../../../src-shared/export/signing.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';

/** Signing with the creator's own key; there is nothing to see where nothing could sign. */
export function SigningField({ checked, disabled, onChange }: { readonly checked: boolean; readonly disabled: boolean; readonly onChange: (sign: boolean) => void }) {
  const { client } = useEditor();
  const state = useQuery({ queryKey: ['signing'], queryFn: () => client.export.signing({}) });
  const [keys, setKeys] = useState<SigningKeys>({ certificate: '', privateKey: '' });
  const [error, setError] = useState<string | null>(null);
  if (state.data === undefined || state.data.tool === null) return null;
  const { signer } = state.data;
  const use = async (chosen: SigningKeys | null) => {
    setError(null);
    try {
      await client.export.setSigningKeys({ keys: chosen });
      await state.refetch();
    } catch (caught) {
      setError(caught instanceof Error ? caught.message : String(caught));
    }
  };
  return (
    <Box data-testid="export-signing" sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        <FormControlLabel disabled={disabled} control={<Checkbox size="small" checked={checked} onChange={(event) => onChange(event.target.checked)} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{signer === null ? t('timelineExport.sign') : t('timelineExport.signAs', { signer })}</Box>} />
        {signer === null ? null : <Button color="inherit" disabled={disabled} onClick={() => void use(null)}>{t('timelineExport.signForget')}</Button>}
      </Box>
      {checked && signer === null ? (
        <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr auto', gap: 1.5 }}>
          <TextField label={t('timelineExport.certificate')} value={keys.certificate} disabled={disabled} onChange={(event) => setKeys({ ...keys, certificate: event.target.value })} slotProps={{ htmlInput: { spellCheck: false } }} />
          <TextField label={t('timelineExport.privateKey')} value={keys.privateKey} disabled={disabled} onChange={(event) => setKeys({ ...keys, privateKey: event.target.value })} slotProps={{ htmlInput: { spellCheck: false } }} />
          <Button color="inherit" disabled={disabled || keys.certificate.trim() === '' || keys.privateKey.trim() === ''} onClick={() => void use(keys)}>{t('timelineExport.signUse')}</Button>
        </Box>
      ) : null}
      {error === null ? null : <Alert severity="error" variant="outlined">{error}</Alert>}
    </Box>
  );
}
