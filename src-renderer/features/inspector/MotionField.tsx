import Add from '@mui/icons-material/Add';
import AnimationOutlined from '@mui/icons-material/AnimationOutlined';
import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ButtonBase from '@mui/material/ButtonBase';
import Divider from '@mui/material/Divider';
import ListItemText from '@mui/material/ListItemText';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import type { Motion } from '../../../src-shared/contract/motions.ts';
import type { EventMotion, PromptEvent } from '../../../src-shared/timeline/document.ts';
import { useMotions } from '../../api/queries.ts';
import { useEditor } from '../../api/studio-context.tsx';
import { IconAction } from '../../components/IconAction.tsx';
import { MotionPicture } from '../../components/MotionPicture.tsx';
import { useMotionTarget } from '../../components/use-motion-target.ts';
import { changeMotion, MAX_EVENT_MOTIONS, motionsOf, takeMotionOff } from '../../editor/event-motions.ts';
import { openLearning, putMotionOn, showMotion } from '../../editor/motion-commands.ts';
import { t } from '../../i18n/text.ts';
import { ShareSlider } from '../../components/ShareSlider.tsx';
import { Section } from './Section.tsx';

/** The learned motions that an event follows: none, one, or two mixed, each with its strength. */
export function MotionField({ event }: { event: PromptEvent }) {
  const editor = useEditor();
  const { motions, isLoading } = useMotions();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const target = useMotionTarget(event.id);
  const used = motionsOf(event);
  const isReadOnly = editor.project.readOnly;
  const free = motions.filter(({ id }) => !used.some(({ motionId }) => motionId === id));
  const choose = (run: () => void) => () => {
    setAnchor(null);
    run();
  };
  return (
    <Section title={t('motions.field')}>
      <Box {...target.handlers} data-testid="motion-target" sx={{ display: 'flex', flexDirection: 'column', gap: 2, borderRadius: 1.5, outline: target.isTarget ? '2px dashed' : 'none', outlineColor: 'primary.main', outlineOffset: 3 }}>
        {used.map((use) => <UsedMotion key={use.motionId} event={event} use={use} motion={motions.find(({ id }) => id === use.motionId) ?? null} isLoading={isLoading} />)}
        {used.length >= MAX_EVENT_MOTIONS || isReadOnly ? null : (
          <Button variant="outlined" color="inherit" startIcon={used.length === 0 ? <AnimationOutlined /> : <Add />} aria-haspopup="menu" aria-expanded={anchor !== null} onClick={(click) => setAnchor(click.currentTarget)} sx={{ alignSelf: 'stretch', borderColor: 'divider', borderStyle: 'dashed', color: 'text.secondary' }}>
            {t(used.length === 0 ? 'motions.choose' : 'motions.mixIn')}
          </Button>
        )}
      </Box>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)} slotProps={{ paper: { sx: { maxHeight: 360, width: anchor?.clientWidth ?? 280 } } }}>
        {free.map((motion) => (
          <MenuItem key={motion.id} disabled={motion.packIds.length === 0} onClick={choose(() => putMotionOn(editor, event.id, motion.id))} sx={{ gap: 2.5 }}>
            <Box sx={{ width: 48, flex: 'none' }}><MotionPicture motion={motion} isPlaying={false} /></Box>
            <ListItemText primary={motion.name} secondary={motion.packIds.length === 0 ? t('motions.foreign', { pack: motion.model.packName }) : motion.caption === motion.name ? null : motion.caption} slotProps={{ primary: { noWrap: true, sx: { fontSize: 12.5 } }, secondary: { noWrap: true, sx: { fontSize: 11 } } }} />
          </MenuItem>
        ))}
        {free.length === 0 ? <MenuItem disabled>{t(motions.length === 0 ? 'motions.noneYet' : 'motions.noMore')}</MenuItem> : null}
        <Divider />
        <MenuItem onClick={choose(() => openLearning(editor, null))}>{t('motions.learn')}</MenuItem>
      </Menu>
    </Section>
  );
}

function UsedMotion({ event, use, motion, isLoading }: { event: PromptEvent; use: EventMotion; motion: Motion | null; isLoading: boolean }) {
  const editor = useEditor();
  const [isLive, setLive] = useState(false);
  const { transact } = editor.document;
  const isReadOnly = editor.project.readOnly;
  const name = motion?.name ?? t(isLoading ? 'motions.loading' : 'motions.missing');
  const change = (label: string, patch: Partial<Pick<EventMotion, 'strength' | 'noiseMix'>>) => transact(label, (records) => changeMotion(records, event.id, use.motionId, patch));
  return (
    <Box role="group" aria-label={name} sx={{ p: 2, borderRadius: 1.5, bgcolor: 'studio.well', border: 1, borderColor: motion === null && !isLoading ? 'error.main' : 'divider' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 2 }}>
        {motion ? (
          <ButtonBase
            aria-label={t('motions.showNamed', { name })} onClick={() => showMotion(editor, motion.id)} onMouseEnter={() => setLive(true)} onMouseLeave={() => setLive(false)} onFocus={() => setLive(true)} onBlur={() => setLive(false)}
            sx={{ width: 56, flex: 'none', display: 'block', borderRadius: 1 }}
          >
            <MotionPicture motion={motion} isPlaying={isLive} />
          </ButtonBase>
        ) : null}
        <Box sx={{ flex: 1, minWidth: 0 }}>
          <Box sx={{ fontSize: 12.5, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={name}>{name}</Box>
          <Box sx={{ fontSize: 11, color: 'text.secondary', overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>{motion ? (motion.caption === motion.name ? motion.source.name : motion.caption) : isLoading ? '' : t('motions.missingHelp')}</Box>
        </Box>
        <IconAction label={t('motions.takeOff', { name })} icon={<Close />} disabled={isReadOnly} onClick={() => transact(t('motions.edit.remove'), (records) => takeMotionOff(records, event.id, use.motionId))} sx={{ p: 0.75 }} />
      </Box>
      {motion ? (
        <Box sx={{ mt: 1.5 }}>
          <ShareSlider label={t('motions.strength')} name={t('motions.strengthOf', { name })} value={use.strength} max={1.5} marks={[1]} disabled={isReadOnly} onCommit={(strength) => change(t('motions.edit.strength'), { strength })} />
          {motion.hasNoise ? <ShareSlider label={t('motions.noise')} name={t('motions.noiseOf', { name })} value={use.noiseMix} max={1} disabled={isReadOnly} onCommit={(noiseMix) => change(t('motions.edit.noise'), { noiseMix })} /> : null}
        </Box>
      ) : null}
    </Box>
  );
}
