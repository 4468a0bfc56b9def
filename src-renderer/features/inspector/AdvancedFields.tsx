import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import ButtonBase from '@mui/material/ButtonBase';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { t } from '../../i18n/text.ts';
import { ItemFields } from './ItemFields.tsx';

/** What few events need: how they blend into their neighbours, and a seed apart from the scene's. Closed until somebody opens it. */
export function AdvancedFields({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const isOpen = useSession((state) => state.advancedOpen);
  return (
    <Box>
      <ButtonBase
        aria-expanded={isOpen} onClick={() => editor.session.setState({ advancedOpen: !isOpen })}
        sx={{ mx: 3, my: 1, px: 1, py: 0.75, gap: 1, borderRadius: 1, fontSize: 12, color: 'text.secondary', '&:hover, &:focus-visible': { color: 'text.primary', bgcolor: 'studio.raised' }, '& svg': { fontSize: 16, transform: isOpen ? 'none' : 'rotate(-90deg)', transition: 'transform 120ms' } }}
      >
        <ExpandMore />{t('inspector.advanced')}
      </ButtonBase>
      {isOpen ? <ItemFields ids={[event.id]} groups={['blend', 'seed']} /> : null}
    </Box>
  );
}
