import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { usePacks } from '../../api/queries.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PackCard } from '../../components/PackCard.tsx';
import { RunsOn } from '../../components/RunsOn.tsx';
import { currentPack } from '../../editor/generate.ts';
import { notify, notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';
import { PackNeeds } from './PackNeeds.tsx';

/** Every pack at hand and what it needs on this machine; imported ones can be forgotten, which leaves their files. */
export function InstalledPacks() {
  const packs = usePacks();
  const [shown, setShown] = useState<string | null>(null);
  const { client } = useStudio();
  const queryClient = useQueryClient();
  const current = currentPack(packs);
  const prefer = async (packId: string) => {
    try {
      await client.models.prefer({ packId });
    } catch (caught) {
      notifyError(caught);
    }
    await queryClient.invalidateQueries({ queryKey: ['models'] });
  };
  const forget = async (packId: string, name: string) => {
    try {
      await client.models.remove({ packId });
      notify('info', t('models.forgotten', { name }));
    } catch (caught) {
      notifyError(caught);
    }
    await queryClient.invalidateQueries({ queryKey: ['models'] });
  };
  return (
    <>
      {packs.length === 0 ? <EmptyState title={t('models.empty')} body={t('models.emptyHelp')} /> : null}
      {packs.map((pack) => (
        <PackCard
          key={pack.id} pack={pack}
          actions={(
            <>
              {pack.id === current?.id ? <Chip size="small" color="primary" variant="outlined" label={t('models.inUse')} sx={{ alignSelf: 'center', color: 'primary.light' }} /> : pack.problem === null ? <Button variant="contained" onClick={() => void prefer(pack.id)}>{t('models.use')}</Button> : null}
              {pack.problem === null && pack.sha256 !== '' ? <Button color="inherit" variant="outlined" aria-expanded={shown === pack.id} sx={{ borderColor: 'divider' }} onClick={() => setShown(shown === pack.id ? null : pack.id)}>{t('models.needs')}</Button> : null}
              {pack.imported === undefined ? null : <Button color="inherit" variant="outlined" sx={{ borderColor: 'divider' }} onClick={() => void forget(pack.id, pack.name)}>{t('models.forget')}</Button>}
            </>
          )}
        >
          {shown === pack.id ? <PackNeeds pack={pack} /> : null}
        </PackCard>
      ))}
      <RunsOn />
    </>
  );
}
