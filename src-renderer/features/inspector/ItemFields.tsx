import Box from '@mui/material/Box';
import { formatTimecode, parseTimecode } from '../../../src-shared/timing/frame-rate.ts';
import { isTrackItem, trackById } from '../../../src-shared/timeline/tracks.ts';
import { useDocument, useEditor } from '../../api/studio-context.tsx';
import { NumberField } from '../../components/NumberField.tsx';
import { fieldsOf, type FieldState, type ItemField } from '../../editor/item-fields.ts';
import { sequenceOf } from '../../editor/timeline-edits.ts';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

const GROUPS = ['time', 'strength', 'title', 'picture', 'sound', 'fades', 'blend', 'seed'] as const;

/** Groups whose one or two fields say by themselves what they are. */
const PLAIN: ReadonlySet<ItemField['group']> = new Set(['time', 'strength']);

const UNITS = { frames: '', seconds: 's', percent: '%', number: '' } as const;

/** The numbers of what is selected, by group; several items share a field and show where they differ. `plain` leaves out titles that say nothing new. */
export function ItemFields({ ids, groups = GROUPS, plain = false }: { ids: readonly string[]; groups?: readonly ItemField['group'][]; plain?: boolean }) {
  const records = useDocument((state) => state.records);
  const states = fieldsOf(records, ids);
  return groups.map((group) => {
    const own = states.filter(({ field }) => field.group === group);
    if (own.length === 0) return null;
    return (
      <Section key={group} plain={plain && PLAIN.has(group)} title={t(`item.group.${group}`)}>
        <Box sx={{ display: 'grid', gridTemplateColumns: own.length === 1 ? '1fr' : '1fr 1fr', gap: 1.5 }}>
          {own.map((state) => <ItemNumber key={state.field.id} state={state} ids={ids} />)}
        </Box>
      </Section>
    );
  });
}

function ItemNumber({ state: { field, value, from }, ids }: { state: FieldState; ids: readonly string[] }) {
  const editor = useEditor();
  const frameRate = useDocument(({ records }) => sequenceOf(records).frameRate);
  const isLocked = useDocument(({ records }) => ids.every((id) => {
    const record = records[id];
    return isTrackItem(record) && trackById(records, record.trackId)?.locked === true;
  }));
  const isTime = field.kind === 'frames';
  return (
    <NumberField
      label={t(field.label)} value={value} from={from} min={field.min} max={field.max} step={field.step} decimals={field.decimals} unit={UNITS[field.kind]} defaultValue={field.defaultValue}
      mixed={t('item.mixed')} disabled={editor.project.readOnly || isLocked}
      {...(isTime ? { format: (frame: number) => formatTimecode(frame, frameRate), parse: (text: string) => parseTimecode(text, frameRate) } : {})}
      onCommit={(next) => editor.document.edit(t('item.edit', { what: t(field.label) }), (records) => field.write(records, ids, next))}
    />
  );
}
