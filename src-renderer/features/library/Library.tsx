import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { useMotionDrop } from '../../components/use-motion-drop.ts';
import type { LibraryTab } from '../../editor/session-store.ts';
import { t } from '../../i18n/text.ts';
import { MediaTab } from './MediaTab.tsx';
import { ModelsTab } from './ModelsTab.tsx';
import { MotionsTab } from './MotionsTab.tsx';
import { TakesTab } from './TakesTab.tsx';

const TABS: readonly LibraryTab[] = ['media', 'takes', 'motions', 'models'];

/** What the project has: media, takes, motions, and the models that make them. */
export function Library() {
  const editor = useEditor();
  const tab = useSession((state) => state.libraryTab);
  const drop = useMotionDrop();
  return (
    <Box sx={{ flex: 1, minWidth: 0, minHeight: 0, display: 'flex', flexDirection: 'column', bgcolor: 'studio.panel' }}>
      <Tabs variant="fullWidth" value={tab} onChange={(_, next: LibraryTab) => editor.session.setState({ libraryTab: next })} aria-label={t('region.library')} sx={{ flex: 'none', borderBottom: 1, borderColor: 'studio.line', px: 0.5, '& .MuiTab-root': { px: 0.5, flexGrow: 1, flexBasis: 'auto' } }}>
        {TABS.map((name) => <Tab key={name} value={name} label={t(`library.${name}`)} id={`library-tab-${name}`} aria-controls="library-panel" {...(name === 'motions' ? { ...drop.handlers, sx: drop.isTarget ? { bgcolor: 'studio.event', color: 'text.primary' } : {} } : {})} />)}
      </Tabs>
      <Box role="tabpanel" id="library-panel" aria-labelledby={`library-tab-${tab}`} sx={{ flex: 1, minHeight: 0, display: 'flex', flexDirection: 'column' }}>
        {tab === 'media' ? <MediaTab /> : tab === 'takes' ? <TakesTab /> : tab === 'motions' ? <MotionsTab /> : <ModelsTab />}
      </Box>
    </Box>
  );
}
