import Box from '@mui/material/Box';
import type { TimelineRecords, TrackItem } from '../../../src-shared/timeline/document.ts';
import { itemsByTrack, tracksOf } from '../../../src-shared/timeline/tracks.ts';

const ROW_PIXELS = { prompt: 26, motion: 8, keyframe: 0, video: 16, audio: 10, caption: 8 } as const;
/** More than anybody can tell apart in a picture of this size. */
const MOST_ITEMS = 300;

const COLOUR = { promptEvent: 'studio.event', motion: 'warning.main', clip: 'studio.stage', audio: 'success.main', caption: 'text.disabled' } as const satisfies Record<TrackItem['type'], string>;

/** A whole timeline in small: what lies where, over `frames` frames. Items in `differing` stand out. */
export function MiniTimeline({ label, records, frames, differing }: { label: string; records: TimelineRecords; frames: number; differing: ReadonlySet<string> }) {
  const items = itemsByTrack(records);
  const tracks = tracksOf(records).filter((track) => ROW_PIXELS[track.kind] > 0 && ((items.get(track.id)?.length ?? 0) > 0 || track.id === 'track:prompt'));
  return (
    <Box role="img" aria-label={label} sx={{ display: 'flex', flexDirection: 'column', gap: '2px', p: 1, borderRadius: 1.5, bgcolor: 'studio.well', border: 1, borderColor: 'studio.line', minHeight: 46, overflow: 'hidden' }}>
      {tracks.map((track) => (
        <Box key={track.id} sx={{ position: 'relative', height: ROW_PIXELS[track.kind] }}>
          {(items.get(track.id) ?? []).slice(0, MOST_ITEMS).map((item) => (
            <Box
              key={item.id} title={item.type === 'promptEvent' ? item.prompt : undefined}
              sx={{ position: 'absolute', top: 0, bottom: 0, borderRadius: '3px', border: 1, borderColor: differing.has(item.id) ? 'warning.main' : 'divider', bgcolor: COLOUR[item.type], fontSize: 10.5, lineHeight: '24px', px: 0.75, overflow: 'hidden', whiteSpace: 'nowrap', textOverflow: 'ellipsis' }}
              style={{ left: `${(100 * item.startFrame) / frames}%`, width: `calc(${(100 * item.durationFrames) / frames}% - 1px)` }}
            >
              {item.type === 'promptEvent' ? item.prompt : null}
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  );
}
