import Add from '@mui/icons-material/Add';
import BookmarkBorderOutlined from '@mui/icons-material/BookmarkBorderOutlined';
import CompareArrowsOutlined from '@mui/icons-material/CompareArrowsOutlined';
import ContentCutOutlined from '@mui/icons-material/ContentCutOutlined';
import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import FitScreenOutlined from '@mui/icons-material/FitScreenOutlined';
import JoinInner from '@mui/icons-material/JoinInner';
import KeyboardTabOutlined from '@mui/icons-material/KeyboardTabOutlined';
import NearMeOutlined from '@mui/icons-material/NearMeOutlined';
import OpenWithOutlined from '@mui/icons-material/OpenWithOutlined';
import SwipeOutlined from '@mui/icons-material/SwipeOutlined';
import VerticalSplitOutlined from '@mui/icons-material/VerticalSplitOutlined';
import ZoomIn from '@mui/icons-material/ZoomIn';
import ZoomOut from '@mui/icons-material/ZoomOut';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { memo } from 'react';
import { useEditor, useSession } from '../../api/studio-context.tsx';
import { ActionButton } from '../../components/ActionButton.tsx';
import { KeyCaps } from '../../components/KeyCaps.tsx';
import { runAction } from '../../editor/actions.ts';
import { studioActions } from '../../editor/studio-actions.ts';
import { t } from '../../i18n/text.ts';
import { AddTrackMenu } from './AddTrackMenu.tsx';

/** What one does to the timeline most often. */
export const TimelineToolbar = memo(function TimelineToolbar() {
  const editor = useEditor();
  const snapping = useSession((state) => state.snapping);
  const tool = useSession((state) => state.tool);
  return (
    <Box role="toolbar" aria-label={t('timeline.tools')} sx={{ flex: 'none', height: 38, display: 'flex', alignItems: 'center', gap: 1, px: 2, borderBottom: 1, borderColor: 'studio.line' }}>
      <Tooltip title={<KeyCaps label={t('action.addEvent')} shortcut="E" />}>
        <span><Button color="inherit" startIcon={<Add />} disabled={editor.project.readOnly} onClick={() => runAction(editor, studioActions.get('addEvent'))} sx={{ color: 'text.secondary', '&:hover': { color: 'text.primary' } }}>{t('timeline.event')}</Button></span>
      </Tooltip>
      <ActionButton id="delete" icon={<DeleteOutlined />} />
      <Box sx={{ width: '1px', height: 18, bgcolor: 'divider', mx: 1 }} />
      <ActionButton id="selectTool" icon={<NearMeOutlined />} pressed={tool === 'select'} />
      <ActionButton id="bladeTool" icon={<ContentCutOutlined />} pressed={tool === 'blade'} />
      <ActionButton id="rippleTool" icon={<KeyboardTabOutlined />} pressed={tool === 'ripple'} />
      <ActionButton id="rollTool" icon={<CompareArrowsOutlined />} pressed={tool === 'roll'} />
      <ActionButton id="slipTool" icon={<SwipeOutlined />} pressed={tool === 'slip'} />
      <ActionButton id="slideTool" icon={<OpenWithOutlined />} pressed={tool === 'slide'} />
      <ActionButton id="split" icon={<VerticalSplitOutlined />} />
      <ActionButton id="addMarker" icon={<BookmarkBorderOutlined />} />
      <ActionButton id="snap" icon={<JoinInner />} pressed={snapping} />
      <AddTrackMenu />
      <Box sx={{ ml: 'auto', display: 'flex', gap: 0.5 }}>
        <ActionButton id="zoomOut" icon={<ZoomOut />} />
        <ActionButton id="zoomIn" icon={<ZoomIn />} />
        <ActionButton id="zoomFit" icon={<FitScreenOutlined />} />
      </Box>
    </Box>
  );
});
