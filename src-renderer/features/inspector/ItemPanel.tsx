import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { TimelineRecord } from '../../../src-shared/timeline/document.ts';
import { useTimelineAssets } from '../../api/asset-queries.ts';
import { useMotions } from '../../api/queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { runAction } from '../../editor/actions.ts';
import { isInspected } from '../../editor/item-fields.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { t } from '../../i18n/text.ts';
import { CaptionFields } from './CaptionFields.tsx';
import { ClipTakes } from './ClipTakes.tsx';
import { ImageFields } from './ImageFields.tsx';
import { ItemFields } from './ItemFields.tsx';
import { MarkerFields } from './MarkerFields.tsx';
import { MissingFile } from './MissingFile.tsx';

const NAMES = {
  promptEvent: 'item.event', motion: 'item.motion', keyframeImage: 'item.image', clip: 'item.clip', audio: 'item.audio', caption: 'item.caption', marker: 'item.marker', track: 'item.other', sequence: 'item.other',
} as const;

/** Everything about what is selected on the lanes: one item, or what several have in common. */
export function ItemPanel({ ids }: { ids: readonly string[] }) {
  const editor = useEditor();
  const records = useDocument((state) => state.records);
  const { assetOf, isKnown } = useTimelineAssets();
  const { motions } = useMotions();
  const selected = ids.flatMap((id) => { const record = records[id]; return isInspected(record) ? [record] : []; });
  const [first] = selected;
  if (first === undefined) return null;
  const isOneKind = selected.every(({ type }) => type === first.type);
  const nameOf = (record: TimelineRecord): string => {
    if (record.type === 'caption') return t(record.kind === 'title' ? 'item.title' : 'item.caption');
    if (record.type === 'motion') return motions.find(({ id }) => id === record.motionId)?.name ?? t('item.motion');
    const asset = 'assetId' in record ? assetOf(record.assetId) : null;
    return asset?.name ?? t(NAMES[record.type]);
  };
  const kept = selected.map(({ id }) => id);
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 2 }}>
      <Box sx={{ px: 4, py: 1, display: 'flex', alignItems: 'center', gap: 2 }}>
        <Typography variant="h2" component="h2" sx={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
          {selected.length === 1 ? nameOf(first) : t('item.several', { count: selected.length })}
        </Typography>
        {selected.length === 1 || !isOneKind ? null : <Box component="span" sx={{ fontSize: 11.5, color: 'text.secondary' }}>{t(NAMES[first.type])}</Box>}
        <IconAction label={t('action.delete')} icon={<DeleteOutlined />} disabled={editor.project.readOnly} onClick={() => runAction(editor, studioActions.get('delete'))} />
      </Box>
      {(first.type === 'clip' || first.type === 'audio') && selected.length === 1 && isKnown && assetOf(first.assetId) === null ? <MissingFile item={first} /> : null}
      {first.type === 'caption' && isOneKind ? <CaptionFields captions={selected.flatMap((record) => (record.type === 'caption' ? [record] : []))} /> : null}
      {first.type === 'marker' && selected.length === 1 ? <MarkerFields marker={first} /> : null}
      {first.type === 'keyframeImage' && selected.length === 1 ? <ImageFields image={first} /> : null}
      {first.type === 'clip' && selected.length === 1 ? <ClipTakes clip={first} /> : null}
      <ItemFields ids={kept} />
    </Box>
  );
}
