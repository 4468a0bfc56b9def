import SortOutlined from '@mui/icons-material/SortOutlined';
import { useEditor, useSession } from '../api/studio-context.tsx';
import { t } from '../i18n/text.ts';
import { IconAction } from './IconAction.tsx';

/** Lists takes with the best first instead of the newest. */
export function TakeOrderButton() {
  const editor = useEditor();
  const isBest = useSession((state) => state.takeOrder) === 'best';
  return <IconAction label={t('takeMarks.bestFirst')} icon={<SortOutlined />} pressed={isBest} onClick={() => editor.session.setState({ takeOrder: isBest ? 'newest' : 'best' })} />;
}
