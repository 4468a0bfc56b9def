import Box from '@mui/material/Box';
import type { ScenePlan } from '../../src-shared/contract/scenes.ts';
import { t } from '../i18n/text.ts';

/** Whether an event's frames in the scene are as its words are now. Fresh events carry nothing. */
export function StaleBadge({ state }: { state: ScenePlan['events'][number]['state'] }) {
  if (state === 'fresh') return null;
  return (
    <Box component="span" data-scene-state={state} title={t(state === 'new' ? 'scene.newHint' : 'scene.staleHint')} sx={{ px: 1, borderRadius: 1, fontSize: 10, lineHeight: '15px', border: 1, borderColor: state === 'new' ? 'divider' : 'warning.main', color: state === 'new' ? 'text.secondary' : 'warning.main' }}>
      {t(state === 'new' ? 'scene.new' : 'scene.stale')}
    </Box>
  );
}
