import Close from '@mui/icons-material/Close';
import ErrorOutlineOutlined from '@mui/icons-material/ErrorOutlineOutlined';
import CheckCircleOutlined from '@mui/icons-material/CheckCircleOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { dismissNotice, noticeStore, type Notice } from '../editor/notices.ts';
import { t } from '../i18n/text.ts';

const SHOWN_MS = { info: 6000, success: 5000, error: 12_000 } as const;

function NoticeCard({ notice, isFolded }: { notice: Notice; isFolded: boolean }) {
  useEffect(() => {
    const timer = setTimeout(() => dismissNotice(notice.id), SHOWN_MS[notice.tone]);
    return () => clearTimeout(timer);
  }, [notice]);
  return (
    <Box
      role={notice.tone === 'error' ? 'alert' : 'status'}
      sx={{ display: isFolded ? 'none' : 'flex', alignItems: 'center', gap: 2.5, pl: 3, pr: 1, py: 1.5, minWidth: 260, maxWidth: 460, bgcolor: 'background.paper', border: 1, borderColor: notice.tone === 'error' ? 'error.main' : 'divider', borderRadius: 2, boxShadow: 8, '& button': { pointerEvents: 'auto' }, fontSize: 12.5, '& > svg': { fontSize: 18, flex: 'none' } }}
    >
      {notice.tone === 'error' ? <ErrorOutlineOutlined color="error" /> : notice.tone === 'success' ? <CheckCircleOutlined color="success" /> : null}
      <Box sx={{ flex: 1, overflowWrap: 'anywhere' }}>{notice.message}</Box>
      {notice.action === null ? null : (
        <Button size="small" sx={{ color: 'primary.light' }} onClick={() => { notice.action?.run(); dismissNotice(notice.id); }}>{notice.action.label}</Button>
      )}
      <IconButton aria-label={t('action.dismiss')} onClick={() => dismissNotice(notice.id)} sx={{ color: 'text.secondary' }}><Close sx={{ fontSize: 16 }} /></IconButton>
    </Box>
  );
}

/** Toasts that are seen at once; older ones fold behind a line that counts them. */
const MOST_SEEN = 2;

/**
 * Toasts over the lower part of the picture, newest lowest: there they cover no control of an open project, and beside their buttons the hand reaches
 * through them. More than two would reach what an empty viewer offers.
 */
export function Notices() {
  const notices = useStore(noticeStore, (state) => state.notices);
  /** The newest that was unfolded: what comes later folds again. */
  const [openTo, setOpenTo] = useState(0);
  // What failed never hides behind what went well.
  const failed = notices.filter(({ tone }) => tone === 'error');
  const others = notices.filter(({ tone }) => tone !== 'error');
  const folded = [...failed.slice(0, -MOST_SEEN), ...others.slice(0, -Math.max(1, MOST_SEEN - failed.length))].filter(({ id }) => id > openTo);
  return (
    <Box sx={{ position: 'fixed', bottom: 'min(var(--notices-bottom, 20px), calc(100vh - 160px))', left: '50%', transform: 'translateX(-50%)', display: 'flex', flexDirection: 'column', gap: 2, zIndex: 'snackbar', pointerEvents: 'none' }}>
      {folded.length > 0 ? (
        <Button size="small" color="inherit" onClick={() => setOpenTo(folded.at(-1)!.id)} sx={{ pointerEvents: 'auto', alignSelf: 'center', minHeight: 0, py: 0.25, px: 2, fontSize: 11.5, color: 'text.secondary', bgcolor: 'background.paper', border: 1, borderColor: 'divider', '&:hover': { bgcolor: 'background.paper', color: 'text.primary' } }}>
          {t('notices.older', { count: folded.length })}
        </Button>
      ) : null}
      {/* Folded ones stay: their time runs out like that of the others. */}
      {notices.map((notice) => <NoticeCard key={notice.id} notice={notice} isFolded={folded.includes(notice)} />)}
    </Box>
  );
}
