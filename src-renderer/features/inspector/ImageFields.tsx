import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { setProperties } from '../../../src-shared/timeline/edits/arrange.ts';
import { LOOK_STRENGTH, type KeyframeImage, type KeyframePosition } from '../../../src-shared/timeline/records/keyframe-image.ts';
import { thumbnailUrl } from '../../api/media-address.ts';
import { useAsset } from '../../api/asset-queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { ShareSlider } from '../../components/ShareSlider.tsx';
import { Poster } from '../../components/Poster.tsx';
import { t } from '../../i18n/text.ts';
import { Section } from './Section.tsx';

const POSITIONS = ['start', 'reference', 'end'] as const satisfies readonly KeyframePosition[];

/** How strong an image is until somebody says otherwise. */
const usualStrength = (position: KeyframePosition): number => (position === 'reference' ? LOOK_STRENGTH : 1);

/** An image that an event must show: which one, and where. */
export function ImageFields({ image }: { image: KeyframeImage }) {
  const editor = useEditor();
  const asset = useAsset(image.assetId);
  return (
    <>
      {asset ? <Box sx={{ px: 4, pt: 1 }}><Poster src={thumbnailUrl(editor.info.mediaBase, editor.project.id, asset)} kind="image" /></Box> : null}
      <Section title={t('item.position')}>
        <ToggleButtonGroup exclusive fullWidth value={image.position} aria-label={t('item.position')} disabled={editor.project.readOnly} onChange={(_, position: KeyframePosition | null) => { if (position !== null) editor.document.edit(t('item.edit', { what: t('item.position') }), (records) => setProperties(records, [image.id], { position, strength: usualStrength(position) })); }}>
          {POSITIONS.map((position) => <ToggleButton key={position} value={position}>{t(`timeline.image.${position}`)}</ToggleButton>)}
        </ToggleButtonGroup>
        <Box role="note" sx={{ mt: 2, fontSize: 11.5, lineHeight: 1.45, color: 'text.secondary' }}>{t(`imageLook.${image.position}`)}</Box>
      </Section>
      <Section title={t('item.strength')}>
        <ShareSlider label={t('item.strength')} name={t(`imageStrength.${image.position}`)} value={image.strength} max={1} marks={[usualStrength(image.position)]} disabled={editor.project.readOnly} onCommit={(strength) => editor.document.edit(t('item.edit', { what: t(`imageStrength.${image.position}`) }), (records) => setProperties(records, [image.id], { strength }))} />
        {image.position === 'reference' ? null : <Box role="note" sx={{ mt: 2, fontSize: 11.5, lineHeight: 1.45, color: 'text.secondary' }}>{t(image.strength === 1 ? 'imageStrength.exact' : image.strength === 0 ? 'imageStrength.none' : 'imageStrength.partly')}</Box>}
      </Section>
    </>
  );
}
