import CasinoOutlined from '@mui/icons-material/CasinoOutlined';
import History from '@mui/icons-material/History';
import LockOpenOutlined from '@mui/icons-material/LockOpenOutlined';
import LockOutlined from '@mui/icons-material/LockOutlined';
import Box from '@mui/material/Box';
import type { PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useTakes } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { NumberField } from '../../components/NumberField.tsx';
import { takesOf } from '../../../src-shared/takes/take-of-event.ts';
import { seedFor } from '../../editor/event-recipe.ts';
import { freshSeed } from '../../editor/generate.ts';
import { patchEvent } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

/** The seed: typed or dragged, locked against change, rolled, or taken from the last take. */
export function SeedField({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const last = takesOf(useTakes(), event.id).find(({ recipe }) => recipe.scene === undefined)?.recipe.seed;
  const lastSeed = last === undefined ? undefined : seedFor(last, event);
  const isReadOnly = editor.project.readOnly;
  const patch = (change: Partial<Pick<PromptEvent, 'seed' | 'seedLocked'>>) => editor.document.transact(t('edit.seed'), (records) => patchEvent(records, event.id, change));
  return (
    <Section plain title={t('inspector.seed')}>
      <Box sx={{ display: 'flex', gap: 1, alignItems: 'center' }}>
        <NumberField label={t('inspector.seed')} value={event.seed} min={0} max={0xffff_ffff} disabled={isReadOnly || event.seedLocked} onCommit={(seed) => patch({ seed })} />
        <IconAction label={t(event.seedLocked ? 'inspector.unlockSeed' : 'inspector.lockSeed')} pressed={event.seedLocked} icon={event.seedLocked ? <LockOutlined /> : <LockOpenOutlined />} disabled={isReadOnly} onClick={() => patch({ seedLocked: !event.seedLocked })} />
        <IconAction label={t('inspector.rollSeed')} icon={<CasinoOutlined />} disabled={isReadOnly || event.seedLocked} onClick={() => patch({ seed: freshSeed() })} />
        <IconAction label={t('inspector.lastSeed')} icon={<History />} disabled={isReadOnly || lastSeed === undefined || lastSeed === event.seed} onClick={() => { if (lastSeed !== undefined) patch({ seed: lastSeed, seedLocked: true }); }} />
      </Box>
    </Section>
  );
}
