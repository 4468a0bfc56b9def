import LinkOff from '@mui/icons-material/LinkOff';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { EmptyState } from '../components/EmptyState.tsx';
import { t } from '../i18n/text.ts';

/** Shown when the page cannot reach the studio at all. */
export function ConnectionFailure({ message }: { message: string }) {
  return (
    <Box component="main" sx={{ height: 1, display: 'grid', placeItems: 'center' }}>
      <EmptyState icon={<LinkOff />} title={t('connection.failed')} body={`${message} ${t('connection.mend')}`}>
        <Button variant="contained" onClick={() => location.reload()}>{t('action.tryAgain')}</Button>
      </EmptyState>
    </Box>
  );
}
