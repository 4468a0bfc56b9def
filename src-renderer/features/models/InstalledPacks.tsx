import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQueryClient } from '@tanstack/react-query';
import { usePacks } from '../../api/queries.ts';
import { useStudio } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PackCard } from '../../components/PackCard.tsx';
import { notify, notifyError } from '../../editor/notices.ts';
import { t } from '../../i18n/text.ts';

/** Every pack at hand; imported ones can be forgotten, which leaves their files. */
export function InstalledPacks() {
  const packs = usePacks();
  const { client, info } = useStudio();
  const queryClient = useQueryClient();
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
          {...(pack.imported === undefined ? {} : { actions: <Button color="inherit" variant="outlined" sx={{ borderColor: 'divider' }} onClick={() => void forget(pack.id, pack.name)}>{t('models.forget')}</Button> })}
        />
      ))}
      <Typography variant="caption" sx={{ color: 'text.disabled' }}>{t('models.runsOn', { provider: info.executionProvider, cpu: info.cpu.model })}</Typography>
    </>
  );
}
