import ArrowBack from '@mui/icons-material/ArrowBack';
import AutoFixHigh from '@mui/icons-material/AutoFixHigh';
import IosShare from '@mui/icons-material/IosShare';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useMotions } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { Poster } from '../../components/Poster.tsx';
import { finishTake } from '../../editor/generate.ts';
import { chooseTake, recallPrompt, recallSeed } from '../../editor/take-commands.ts';
import { formatBytes } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';
import { TakeMarks } from './TakeMarks.tsx';
import { Facts, Section } from './Section.tsx';

/** How a take was made: its whole recipe, and the ways to use it again. */
export function TakePanel({ take }: { take: Take }) {
  const editor = useEditor();
  const { recipe, asset } = take;
  const { motions } = useMotions();
  const isEditable = !editor.project.readOnly && take.promptEventId !== null;
  return (
    <Box sx={{ flex: 1, minHeight: 0, overflowY: 'auto', py: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, px: 3, pb: 1 }}>
        <IconAction label={t('inspector.backToEvent')} icon={<ArrowBack />} onClick={() => editor.session.setState({ selectedIds: take.promptEventId === null ? [] : [take.promptEventId] })} />
        <Typography variant="h3" component="h2">{t('take.title')}</Typography>
      </Box>
      <Box sx={{ px: 4 }}><Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, asset)} /></Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.5, px: 4, pt: 3 }}>
        <Button variant="contained" disabled={!isEditable} onClick={() => chooseTake(editor, take)}>{t('take.use')}</Button>
        {take.preset === 'draft' && recipe.scene === undefined ? <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} startIcon={<AutoFixHigh />} disabled={!isEditable} onClick={() => void finishTake(editor, take, 'standard')}>{t('take.finish')}</Button> : null}
        <Button variant="outlined" color="inherit" sx={{ borderColor: 'divider' }} startIcon={<IosShare />} onClick={() => editor.session.setState({ dialog: { kind: 'export', assetId: asset.id } })}>{t('action.export')}</Button>
      </Box>
      <Section title={t('takeMarks.title')}><TakeMarks take={take} /></Section>
      <Section title={t('inspector.prompt')} end={<Button disabled={!isEditable || recipe.scene !== undefined} onClick={() => recallPrompt(editor, take)} sx={{ minHeight: 22, py: 0 }}>{t('take.recall')}</Button>}>
        <Box sx={{ fontSize: 12.5, userSelect: 'text', overflowWrap: 'anywhere' }}>{recipe.prompt}</Box>
      </Section>
      <Section title={t('take.recipeTitle')} end={<Button disabled={!isEditable} onClick={() => recallSeed(editor, take)} sx={{ minHeight: 22, py: 0 }}>{t('take.recallSeed')}</Button>}>
        <Facts
          rows={[
            [t('inspector.seed'), recipe.seed],
            [t('inspector.preset'), t(`preset.${take.preset}`)],
            ...(recipe.emphasis === undefined ? [] : [[t('item.strength'), t('motions.percent', { percent: Math.round(recipe.emphasis.strength * 100) })] as const]),
            ...(recipe.negativePrompt === '' ? [] : [[t('inspector.negativePrompt'), recipe.negativePrompt] as const]),
            ...(recipe.motions ?? []).map(({ sha256, strength }) => [t('motions.field'), t('motions.used', { name: motions.find((motion) => motion.sha256 === sha256)?.name ?? t('motions.missing'), percent: Math.round(strength * 100) })] as const),
            [t('take.pack'), `${recipe.pack.id} ${recipe.pack.version}`],
            [t('take.weights'), recipe.pack.sha256.slice(0, 12)],
            [t('take.engine'), `${recipe.engine.version} · ${recipe.engine.executionProvider}`],
            ...recipe.stages.map((stage) => [t(`stage.${stage.stage}`), t('take.stageSettings', { steps: stage.numInferenceSteps, guidance: stage.guidanceScale })] as const),
            [t('take.hash'), take.recipeHash.slice(0, 12)],
          ]}
        />
      </Section>
      <Section title={t('asset.file')}>
        <Facts rows={[[t('asset.picture'), `${asset.width ?? '?'} × ${asset.height ?? '?'}`], [t('asset.frames'), asset.frames ?? '?'], [t('asset.size'), formatBytes(asset.sizeBytes)], [t('asset.made'), new Date(take.createdAt).toLocaleString()]]} />
      </Section>
    </Box>
  );
}
