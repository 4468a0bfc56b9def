import AddBoxOutlined from '@mui/icons-material/AddBoxOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { formatTimecode, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { useKeyOf } from '../../components/ActionKeys.tsx';
import { keyWords } from '../../components/KeyCaps.tsx';
import { addExampleScene, clipFrames, createEvent } from '../../editor/generate.ts';
import { t } from '../../i18n/text.ts';

/** The events lane before anything happens: what to do there, and an example of it. */
export function EmptyLane({ top, height, frameRate }: { top: number; height: number; frameRate: FrameRate }) {
  const editor = useEditor();
  const key = useKeyOf('addEvent');
  const words = t('empty.lane', { end: formatTimecode(clipFrames(editor), frameRate).replace(/\.\d+$/, '') });
  return (
    <Box onPointerDown={(down) => down.stopPropagation()} sx={{ position: 'absolute', left: 8, display: 'flex', alignItems: 'center', gap: 1, '& .MuiButton-root': { minHeight: 30, fontSize: 12, fontWeight: 400, color: 'text.secondary', '&:hover': { color: 'text.primary' } } }} style={{ top, height }}>
      <Button color="inherit" startIcon={<AddBoxOutlined sx={{ fontSize: '16px !important' }} />} disabled={editor.project.readOnly} onClick={() => void createEvent(editor, { frame: 0 })}>{key === undefined ? words : `${words} ${t('empty.laneKey', { key: keyWords(key) })}`}</Button>
      <Button color="inherit" disabled={editor.project.readOnly} onClick={() => addExampleScene(editor)} sx={{ textDecoration: 'underline', textUnderlineOffset: '3px', textDecorationColor: 'var(--mui-palette-divider)' }}>{t('empty.example')}</Button>
    </Box>
  );
}
