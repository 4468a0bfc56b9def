import MovieOutlined from '@mui/icons-material/MovieOutlined';
import Notes from '@mui/icons-material/Notes';
import Public from '@mui/icons-material/Public';
import type { SvgIconComponent } from '@mui/icons-material';
import type { TextKey } from '../../i18n/text.ts';

export const RULER_HEIGHT = 26;
export const LANE_HEADER_WIDTH = 92;

interface Lane {
  readonly id: 'global' | 'events' | 'result';
  readonly label: TextKey;
  readonly icon: SvgIconComponent;
  /** CSS pixels. */
  readonly height: number;
}

/** Lanes from top to bottom; later kinds (motion, keyframe images, audio, captions) join here. */
export const LANES: readonly [Lane, Lane, Lane] = [
  { id: 'global', label: 'lane.global', icon: Public, height: 34 },
  { id: 'events', label: 'lane.events', icon: Notes, height: 58 },
  { id: 'result', label: 'lane.result', icon: MovieOutlined, height: 66 },
];
