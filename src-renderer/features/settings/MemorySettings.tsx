import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { MEMORY_BUDGET as KEY } from '../../../src-shared/contract/settings.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { notifyError } from '../../editor/notices.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

const GIGABYTE = 1e9;
/** What can be chosen, in gigabytes; an empty text is all that is free. */
const BUDGETS = ['', '1', '2', '4', '8', '16', '32'] as const;

/** How much memory the models may take: with less, frames are worked on in tiles. */
export function MemorySettings() {
  const { client, info } = useStudio();
  const queryClient = useQueryClient();
  const { data: stored } = useQuery({ queryKey: ['settings', KEY], queryFn: async () => (await client.settings.all({})).values[KEY] ?? '', gcTime: 0 });
  const [chosen, setChosen] = useState<string | null>(null);
  const value = chosen ?? stored ?? '';
  const choose = (next: string) => {
    setChosen(next);
    // Every plan tells what it would be now.
    void client.settings.set({ key: KEY, value: next === '' ? null : next }).then(() => queryClient.invalidateQueries(), notifyError);
  };
  const offered = BUDGETS.filter((budget) => budget === '' || budget === value || Number(budget) * GIGABYTE < info.memory.totalBytes);
  return (
    <TextField select fullWidth label={t('tiles.budgetLabel')} value={value} onChange={(event) => choose(event.target.value)} helperText={t('tiles.budgetHelp')} sx={{ mt: 4 }}>
      {offered.map((budget) => <MenuItem key={budget} value={budget}>{budget === '' ? t('tiles.budgetAll') : formatBytes(Number(budget) * GIGABYTE)}</MenuItem>)}
    </TextField>
  );
}
