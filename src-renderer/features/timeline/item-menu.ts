import type { TimelineRecord } from '../../../src-shared/timeline/document.ts';
import type { MenuLine } from '../../components/ContextMenu.tsx';
import type { Editor } from '../../editor/editor.ts';
import { askWhere } from '../../editor/locate-files.ts';
import { replaceWithFile } from '../../editor/replace-source.ts';
import { t } from '../../i18n/text.ts';

const CLIPBOARD = ['cut', 'copy', 'paste', 'duplicate'] as const;
const line = (action: string): MenuLine => ({ action });

/** What the right button offers on something of the timeline. It is selected by then: actions mean it. */
export function itemMenu(record: TimelineRecord | undefined, isMissing = false): MenuLine[] {
  if (record?.type === 'marker' || record?.type === 'keyframeImage') return [line('delete')];
  const generates = record?.type === 'promptEvent' ? [line('generate'), line('generateNext'), line('vary'), 'divider' as const] : [];
  const footage = record?.type === 'clip' ? [line('restyle'), line('reimagine'), line('upscale'), 'divider' as const] : [];
  const replace: MenuLine[] = record?.type === 'clip' || record?.type === 'audio' ? [...(isMissing ? [{ label: t('locate.action'), run: (editor: Editor) => askWhere(editor) }] : []), { label: t('missing.replace'), run: (editor) => void replaceWithFile(editor, record) }, 'divider'] : [];
  return [...generates, ...footage, ...replace, line('split'), line('trimStart'), line('trimEnd'), 'divider', ...CLIPBOARD.map(line), 'divider', line('delete'), line('rippleDelete')];
}
