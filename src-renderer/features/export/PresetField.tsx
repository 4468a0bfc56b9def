import DeleteOutlined from '@mui/icons-material/DeleteOutlined';
import MoreVert from '@mui/icons-material/MoreVert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExportFormat } from '../../../src-shared/export/formats.ts';
import { readPresetFile, writePresetFile } from '../../../src-shared/export/preset-file.ts';
import { BUILT_IN_PRESETS, type ExportSettings } from '../../../src-shared/export/settings.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { chooseFiles } from '../../components/choose-file.ts';
import { IconAction } from '../../components/IconAction.tsx';
import { PathDialog } from '../../components/PathDialog.tsx';
import { notify, notifyError } from '../../editor/notices.ts';
import { saveText } from '../../editor/save-text.ts';
import { t } from '../../i18n/text.ts';
import { Choice } from './ExportFields.tsx';

/** Stands for settings that no preset has: the name of none, because it is too long. */
const CUSTOM = '?'.repeat(81);
/** A range is no part of a preset. */
const withoutRange = (settings: ExportSettings): string => JSON.stringify({ ...settings, range: null });

interface PresetFieldProps {
  readonly settings: ExportSettings;
  readonly formats: readonly ExportFormat[];
  readonly disabled: boolean;
  readonly onChange: (settings: Partial<ExportSettings>) => void;
}

/** Settings by name: the studio's and one's own, which can be saved, deleted, and carried to another studio in a file. */
export function PresetField({ settings, formats, disabled, onChange }: PresetFieldProps) {
  const { client } = useEditor();
  const [isNaming, setNaming] = useState(false);
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const presets = useQuery({ queryKey: ['exportPresets'], queryFn: () => client.export.presets({}) });
  const own = presets.data?.own ?? [];
  const named = [...(presets.data?.builtIn ?? BUILT_IN_PRESETS), ...own].filter((preset) => formats.includes(preset.settings.format));
  const same = named.find((preset) => withoutRange(preset.settings) === withoutRange(settings));
  const save = async (name: string) => {
    await client.export.savePreset({ name, settings });
    await presets.refetch();
    setNaming(false);
  };
  const attempt = async (work: () => Promise<void>) => {
    setMenu(null);
    await work().catch(notifyError);
    await presets.refetch();
  };
  const bring = () => attempt(async () => {
    const [file] = await chooseFiles('.json,application/json');
    if (file === undefined) return;
    const { presets: read, unread } = readPresetFile(await file.text());
    for (const preset of read) await client.export.savePreset(preset);
    notify(unread > 0 ? 'info' : 'success', t(unread > 0 ? 'exportPresets.broughtSome' : 'exportPresets.brought', { count: read.length, unread }));
  });
  const handOver = () => attempt(() => Promise.resolve(saveText(writePresetFile(own), { name: 'motif-export-presets.json', type: 'application/json' })));
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: '1fr auto auto', gap: 1, alignItems: 'end' }}>
      <Choice label={t('timelineExport.preset')} value={same?.name ?? CUSTOM} disabled={disabled} options={[...(same === undefined ? [{ value: CUSTOM, label: t('timelineExport.custom') }] : []), ...named.map(({ name }) => ({ value: name, label: name }))]} onChange={(name) => onChange(named.find((preset) => preset.name === name)?.settings ?? {})} />
      {same !== undefined && own.some(({ name }) => name === same.name) ? <IconAction label={t('timelineExport.removePreset', { name: same.name })} icon={<DeleteOutlined />} disabled={disabled} onClick={() => void attempt(async () => void (await client.export.removePreset({ name: same.name })))} />
        : <Button color="inherit" disabled={disabled || same !== undefined} onClick={() => setNaming(true)}>{t('timelineExport.savePreset')}</Button>}
      <IconAction label={t('exportPresets.more')} icon={<MoreVert />} disabled={disabled} onClick={(click) => setMenu(click.currentTarget)} />
      <Menu open={menu !== null} anchorEl={menu} onClose={() => setMenu(null)}>
        <MenuItem onClick={() => void bring()}>{t('exportPresets.bring')}</MenuItem>
        <MenuItem disabled={own.length === 0} onClick={() => void handOver()}>{t('exportPresets.handOver')}</MenuItem>
      </Menu>
      {isNaming ? <PathDialog title={t('timelineExport.savePreset')} label={t('timelineExport.presetName')} confirm={t('timelineExport.savePreset')} initial="" onClose={() => setNaming(false)} onSubmit={save} /> : null}
    </Box>
  );
}
