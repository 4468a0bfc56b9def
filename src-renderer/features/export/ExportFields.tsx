import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { FORMATS, type ExportFormat } from '../../../src-shared/export/formats.ts';
import type { ExportSettings } from '../../../src-shared/export/settings.ts';
import { t } from '../../i18n/text.ts';

/** Heights on offer besides the sequence's own. */
const HEIGHTS = [240, 360, 480, 720, 1080, 1440, 2160] as const;
const QUALITIES = ['high', 'medium', 'small'] as const;
const CAPTIONS = ['burned', 'srt', 'vtt', 'none'] as const;
const RECIPES = ['all', 'withoutPrompts', 'none'] as const;

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly disabled: boolean;
  readonly onChange: (value: Value) => void;
}

/** One of several words, as a labelled list. */
export function Choice<Value extends string>({ label, value, options, disabled, onChange }: ChoiceProps<Value>) {
  return (
    <TextField select size="small" label={label} value={value} disabled={disabled} onChange={(event) => onChange(event.target.value as Value)} sx={{ minWidth: 0 }}>
      {options.map((option) => <MenuItem key={option.value} value={option.value}>{option.label}</MenuItem>)}
    </TextField>
  );
}

interface ExportFieldsProps {
  readonly settings: ExportSettings;
  readonly formats: readonly ExportFormat[];
  readonly sequenceHeight: number;
  readonly disabled: boolean;
  readonly onChange: (change: Partial<ExportSettings>) => void;
}

/** What can be chosen for a format; what it does not have is not shown. */
export function ExportFields({ settings, formats, sequenceHeight, disabled, onChange }: ExportFieldsProps) {
  const facts = FORMATS[settings.format];
  const hasPictures = facts.kind === 'video';
  const isLossless = settings.format.startsWith('prores') || ['png-sequence', 'gif', 'wav', 'flac'].includes(settings.format);
  const heights = [...new Set([...HEIGHTS, ...(settings.height === null ? [] : [settings.height])])].sort((a, b) => a - b);
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 2.5 }}>
      <Choice label={t('timelineExport.format')} value={settings.format} disabled={disabled} options={formats.map((value) => ({ value, label: t(`timelineExport.format.${value}`) }))} onChange={(format) => onChange({ format, alpha: settings.alpha && FORMATS[format].hasAlpha })} />
      {facts.kind === 'interchange' || isLossless ? null : <Choice label={t('timelineExport.quality')} value={settings.quality} disabled={disabled} options={QUALITIES.map((value) => ({ value, label: t(`timelineExport.quality.${value}`) }))} onChange={(quality) => onChange({ quality })} />}
      {hasPictures ? (
        <Choice
          label={t('timelineExport.height')} value={settings.height === null ? 'own' : String(settings.height)} disabled={disabled}
          options={[{ value: 'own', label: t('timelineExport.height.own', { height: sequenceHeight }) }, ...heights.map((height) => ({ value: String(height), label: `${height}` }))]}
          onChange={(height) => onChange({ height: height === 'own' ? null : Number(height) })}
        />
      ) : null}
      {hasPictures ? <Choice label={t('timelineExport.captions')} value={settings.captions} disabled={disabled} options={CAPTIONS.map((value) => ({ value, label: t(`timelineExport.captions.${value}`) }))} onChange={(captions) => onChange({ captions })} /> : null}
      {facts.kind === 'interchange' ? null : <Choice label={t('timelineExport.recipe')} value={settings.embedRecipe} disabled={disabled} options={RECIPES.map((value) => ({ value, label: t(`timelineExport.recipe.${value}`) }))} onChange={(embedRecipe) => onChange({ embedRecipe })} />}
      {/* Beside the last list where there is room. */}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignSelf: 'end', alignItems: 'center', columnGap: 3, minHeight: 32 }}>
        {hasPictures && facts.hasAudio ? <Switch label={t('timelineExport.audio')} checked={settings.audio} disabled={disabled} onChange={(audio) => onChange({ audio })} /> : null}
        {facts.hasAlpha ? <Switch label={t('timelineExport.alpha')} checked={settings.alpha} disabled={disabled} onChange={(alpha) => onChange({ alpha })} /> : null}
        {settings.format === 'gif' ? <Switch label={t('timelineExport.loop')} checked={settings.loop} disabled={disabled} onChange={(loop) => onChange({ loop })} /> : null}
      </Box>
    </Box>
  );
}

function Switch({ label, checked, disabled, onChange }: { readonly label: string; readonly checked: boolean; readonly disabled: boolean; readonly onChange: (on: boolean) => void }) {
  return <FormControlLabel disabled={disabled} control={<Checkbox size="small" checked={checked} onChange={(event) => onChange(event.target.checked)} />} label={<Box component="span" sx={{ fontSize: 12.5 }}>{label}</Box>} />;
}
