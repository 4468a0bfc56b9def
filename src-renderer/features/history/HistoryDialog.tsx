import Close from '@mui/icons-material/Close';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import ListItemButton from '@mui/material/ListItemButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState, type FormEvent, type ReactNode } from 'react';
import type { TimelineMoment } from '../../../src-shared/contract/timeline.ts';
import { diffRecords } from '../../../src-shared/timeline/diff.ts';
import { HISTORY_PAGE, useHistory, useMoment, useVersions, versionsKey } from '../../api/history-queries.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { changesTo, restoreMoment } from '../../editor/history-commands.ts';
import { notifyError } from '../../editor/notices.ts';
import { timelineEnd } from '../../editor/timeline-edits.ts';
import { formatAgo } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { MiniTimeline } from './MiniTimeline.tsx';

interface Chosen {
  readonly moment: TimelineMoment;
  readonly name: string;
}

const isSame = (a: TimelineMoment, b: TimelineMoment): boolean => (a.kind === 'position' ? b.kind === 'position' && a.position === b.position : b.kind === 'version' && a.versionId === b.versionId);

/** Every edit of the project and the moments that were given names: looked at beside the present, and gone back to without losing it. */
export function HistoryDialog({ onClose }: { onClose: () => void }) {
  const editor = useEditor();
  const { client, project, queryClient } = editor;
  const [limit, setLimit] = useState(HISTORY_PAGE);
  const history = useHistory(limit);
  const versions = useVersions();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [name, setName] = useState('');
  const [nowMs] = useState(() => Date.now());

  const refresh = () => queryClient.invalidateQueries({ queryKey: versionsKey(project.id) });
  const save = async (event: FormEvent) => {
    event.preventDefault();
    editor.drafts.commitAll();
    try {
      await editor.document.flush();
      const version = await client.timeline.saveVersion({ projectId: project.id, name: name.trim() });
      setName('');
      setChosen({ moment: { kind: 'version', versionId: version.id }, name: version.name });
    } catch (caught) {
      notifyError(caught);
    }
    await refresh();
  };
  const remove = async (versionId: string) => {
    await client.timeline.removeVersion({ projectId: project.id, versionId }).catch(notifyError);
    if (chosen?.moment.kind === 'version' && chosen.moment.versionId === versionId) setChosen(null);
    await refresh();
  };
  const line = (key: string, own: Chosen, when: string, isUndone: boolean, isNow: boolean, end: ReactNode = null) => (
    <Box component="li" key={key} sx={{ display: 'flex', alignItems: 'center', listStyle: 'none' }}>
      <ListItemButton dense selected={chosen !== null && isSame(chosen.moment, own.moment)} onClick={() => setChosen(own)} sx={{ borderRadius: 1.5, px: 2, py: 0.75, gap: 2, opacity: isUndone ? 0.55 : 1 }}>
        <Box component="span" sx={{ flex: 1, minWidth: 0, fontSize: 12.5, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', fontWeight: isNow ? 600 : 400 }}>{own.name}</Box>
        <Box component="span" sx={{ fontSize: 11, color: isNow ? 'primary.light' : 'text.secondary', whiteSpace: 'nowrap' }}>{isNow ? t('history.now') : isUndone ? t('history.undone') : when === '' ? '' : formatAgo(when, nowMs)}</Box>
      </ListItemButton>
      {end}
    </Box>
  );
  const entries = history?.entries ?? [];
  const hasMore = entries.length > 0 && (entries.at(-1)?.position ?? 1) > 1;
  return (
    <Dialog open onClose={onClose} maxWidth="md" fullWidth slotProps={{ paper: { 'aria-label': t('history.title'), sx: { height: 'min(720px, 88vh)' } } }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', px: 4, pt: 3, pb: 2, borderBottom: 1, borderColor: 'studio.line' }}>
        <Typography variant="h2" component="h2">{t('history.title')}</Typography>
        <IconAction label={t('action.close')} icon={<Close />} onClick={onClose} />
      </Box>
      <Box sx={{ flex: 1, minHeight: 0, display: 'grid', gridTemplateColumns: '300px minmax(0, 1fr)' }}>
        <Box sx={{ overflowY: 'auto', borderRight: 1, borderColor: 'studio.line', p: 2 }}>
          <Box component="form" onSubmit={(event) => void save(event)} sx={{ display: 'flex', gap: 1, mb: 2 }}>
            <TextField placeholder={t('history.nameHere')} value={name} disabled={project.readOnly} onChange={(event) => setName(event.target.value)} slotProps={{ htmlInput: { 'aria-label': t('history.nameHere'), maxLength: 120 } }} />
            <Button type="submit" variant="outlined" color="inherit" disabled={project.readOnly || name.trim() === ''} sx={{ borderColor: 'divider', flex: 'none' }}>{t('history.save')}</Button>
          </Box>
          {versions.length === 0 ? null : (
            <Box component="section" aria-label={t('history.versions')} sx={{ mb: 2 }}>
              <Typography variant="overline" component="h3" sx={{ color: 'text.secondary', px: 2 }}>{t('history.versions')}</Typography>
              <Box component="ul" sx={{ m: 0, p: 0 }}>
                {versions.map((version) => line(version.id, { moment: { kind: 'version', versionId: version.id }, name: version.name }, version.createdAt, false, false, project.readOnly ? null : <IconAction label={t('history.remove', { name: version.name })} icon={<DeleteOutlined />} onClick={() => void remove(version.id)} sx={{ p: 0.75 }} />))}
              </Box>
            </Box>
          )}
          <Box component="section" aria-label={t('history.edits')}>
            <Typography variant="overline" component="h3" sx={{ color: 'text.secondary', px: 2 }}>{t('history.edits')}</Typography>
            <Box component="ol" sx={{ m: 0, p: 0 }}>
              {entries.map(({ position, label, createdAt }) => line(`edit:${position}`, { moment: { kind: 'position', position }, name: label }, createdAt, position > (history?.position ?? 0), position === history?.position))}
              {hasMore ? null : line('edit:0', { moment: { kind: 'position', position: 0 }, name: t('history.begin') }, '', false, history?.position === 0)}
            </Box>
            {hasMore ? <Button color="inherit" onClick={() => setLimit(Math.min(500, limit + HISTORY_PAGE))} disabled={limit >= 500} sx={{ mt: 1 }}>{t('history.more')}</Button> : null}
          </Box>
        </Box>
        <Box sx={{ p: 3, overflowY: 'auto' }}>
          {chosen === null ? <Typography sx={{ color: 'text.secondary', py: 8, textAlign: 'center', textWrap: 'balance' }}>{t('history.help')}</Typography> : <Beside chosen={chosen} onRestored={onClose} />}
        </Box>
      </Box>
    </Dialog>
  );
}

/** Another moment above the present one, over the same time, and the way back. */
function Beside({ chosen, onRestored }: { chosen: Chosen; onRestored: () => void }) {
  const editor = useEditor();
  const now = useDocument((state) => state.records);
  const then = useMoment(chosen.moment);
  if (then === null) return null;
  const frames = Math.max(1, timelineEnd(now), timelineEnd(then));
  const { added, removed, updated } = diffRecords(now, then);
  const differing = new Set([...added, ...removed, ...updated.map(({ to }) => to)].map(({ id }) => id as string));
  const changes = changesTo(now, then);
  const words = [
    changes.added === 0 ? '' : t('history.adds', { count: changes.added }), changes.changed === 0 ? '' : t('history.changes', { count: changes.changed }), changes.removed === 0 ? '' : t('history.removes', { count: changes.removed }),
  ].filter((part) => part !== '').join(' · ');
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 2 }}>
      <Typography variant="h3" component="h3">{chosen.name}</Typography>
      <MiniTimeline label={t('history.then')} records={then} frames={frames} differing={differing} />
      <Typography variant="h3" component="h3" sx={{ mt: 1 }}>{t('history.now')}</Typography>
      <MiniTimeline label={t('history.now')} records={now} frames={frames} differing={differing} />
      <Box role="status" sx={{ fontSize: 12.5, color: 'text.secondary' }}>{words === '' ? t('history.same') : t('history.goingBack', { what: words })}</Box>
      <Box><Button variant="contained" disabled={editor.project.readOnly || words === ''} onClick={() => { restoreMoment(editor, chosen.name, then); onRestored(); }}>{t('history.restore')}</Button></Box>
    </Box>
  );
}
