import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { usePacks } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { EmptyState } from '../../components/EmptyState.tsx';
import { PackCard } from '../../components/PackCard.tsx';
import { RunsOn } from '../../components/RunsOn.tsx';
import { t } from '../../i18n/text.ts';

/** The model packs at hand, and the way to more. */
export function ModelsTab() {
  const packs = usePacks();
  const { session } = useEditor();
  return (
    <Box sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
      <Box sx={{ flex: 'none', display: 'flex', p: 2.5 }}>
        <Button variant="outlined" color="inherit" onClick={() => session.setState({ dialog: { kind: 'models' } })} sx={{ flex: 1, borderColor: 'divider' }}>{t('models.manage')}</Button>
      </Box>
      <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', px: 2.5, pb: 2.5, display: 'flex', flexDirection: 'column', gap: 2 }}>
        {packs.length === 0 ? <EmptyState title={t('models.empty')} body={t('models.emptyHelp')} /> : packs.map((pack) => <PackCard key={pack.id} pack={pack} />)}
        <RunsOn />
      </Box>
    </Box>
  );
}
