import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Dialog from '@mui/material/Dialog';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import Typography from '@mui/material/Typography';
import { useState, type ComponentType } from 'react';
import { IconAction } from '../../components/IconAction.tsx';
import { t, type TextKey } from '../../i18n/text.ts';
import { GetModels } from './GetModels.tsx';
import { ImportModels } from './ImportModels.tsx';
import { InstalledPacks } from './InstalledPacks.tsx';

interface Part {
  readonly id: string;
  readonly label: TextKey;
  readonly Content: ComponentType;
}

/** The parts of the window, in the order of their tabs. Each needs the studio only, no open project. */
const PARTS: readonly Part[] = [
  { id: 'installed', label: 'models.part.installed', Content: InstalledPacks },
  { id: 'get', label: 'models.part.get', Content: GetModels },
  { id: 'import', label: 'models.part.import', Content: ImportModels },
];

/** The models of this machine and the ways to more. */
export function ModelsWindow({ onClose }: { onClose: () => void }) {
  const [open, setOpen] = useState(PARTS[0]!.id);
  const part = PARTS.find(({ id }) => id === open) ?? PARTS[0]!;
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth slotProps={{ paper: { 'aria-label': t('models.title'), sx: { height: 'min(760px, calc(100% - 64px))' } } }}>
      <Box sx={{ flex: 'none', display: 'flex', alignItems: 'center', justifyContent: 'space-between', px: 4, pt: 2.5, pb: 1 }}>
        <Typography variant="h2" component="h2">{t('models.title')}</Typography>
        <IconAction label={t('action.close')} icon={<Close />} onClick={onClose} />
      </Box>
      <Tabs value={part.id} onChange={(_, next: string) => setOpen(next)} aria-label={t('models.title')} sx={{ flex: 'none', borderBottom: 1, borderColor: 'studio.line', px: 2 }}>
        {PARTS.map(({ id, label }) => <Tab key={id} value={id} label={t(label)} id={`models-tab-${id}`} aria-controls="models-panel" />)}
      </Tabs>
      <Box role="tabpanel" id="models-panel" aria-labelledby={`models-tab-${part.id}`} sx={{ flex: 1, minHeight: 0, overflowY: 'auto', p: 4, display: 'flex', flexDirection: 'column', gap: 3 }}>
        <part.Content />
      </Box>
    </Dialog>
  );
}
