import type { FrameRate } from '../../timing/frame-rate.ts';
import { addRational, compareRational, subtractRational, timeToFrames, toDecimal, ZERO, type Rational } from '../../timing/rational.ts';
import type { InterchangeClip, InterchangeEdit, InterchangeMedia } from './write-interchange.ts';

const fps = (rate: FrameRate): number => rate.num / rate.den;
const time = (value: Rational, rate: FrameRate) => ({ OTIO_SCHEMA: 'RationalTime.1', rate: fps(rate), value: toDecimal(timeToFrames(value, rate)) });
const range = (start: Rational, duration: Rational, rate: FrameRate) => ({ OTIO_SCHEMA: 'TimeRange.1', start_time: time(start, rate), duration: time(duration, rate) });

function available(media: InterchangeMedia, rate: FrameRate) {
  if (media.durationMs === null) return null;
  return range(ZERO, { num: media.durationMs, den: 1000 }, media.frameRate ?? rate);
}

function clipOf(clip: InterchangeClip, rate: FrameRate) {
  const own = clip.media.frameRate ?? rate;
  const speed = toDecimal(clip.speed);
  return {
    OTIO_SCHEMA: 'Clip.1', name: clip.name,
    metadata: { motif: { opacity: clip.opacity, scale: clip.scale, position: clip.position, volume: clip.volume } },
    source_range: range(clip.sourceIn, clip.duration, own),
    effects: speed === 1 ? [] : [{ OTIO_SCHEMA: 'LinearTimeWarp.1', name: 'speed', effect_name: 'LinearTimeWarp', metadata: {}, time_scalar: speed }],
    markers: [], enabled: true,
    media_reference: { OTIO_SCHEMA: 'ExternalReference.1', name: clip.media.name, target_url: clip.media.url, available_range: available(clip.media, rate), metadata: {} },
  };
}

function trackOf(kind: 'Video' | 'Audio', index: number, clips: readonly InterchangeClip[], rate: FrameRate) {
  const children: object[] = [];
  let at: Rational = ZERO;
  for (const clip of clips) {
    if (compareRational(clip.start, at) > 0) {
      children.push({ OTIO_SCHEMA: 'Gap.1', name: '', metadata: {}, source_range: range(ZERO, subtractRational(clip.start, at), rate), effects: [], markers: [], enabled: true });
    } else if (clip.dissolveIn !== null) {
      children.push({ OTIO_SCHEMA: 'Transition.1', name: 'dissolve', transition_type: 'SMPTE_Dissolve', in_offset: time(clip.dissolveIn.before, rate), out_offset: time(clip.dissolveIn.after, rate), metadata: {} });
    }
    children.push(clipOf(clip, rate));
    at = addRational(clip.start, clip.duration);
  }
  return { OTIO_SCHEMA: 'Track.1', kind, name: `${kind} ${index + 1}`, metadata: {}, source_range: null, effects: [], markers: [], enabled: true, children };
}

/** An edit as OpenTimelineIO JSON. What the format has no words for (opacity, place, volume, titles) stands in the metadata. */
export function writeOtio(edit: InterchangeEdit): string {
  const timeline = {
    OTIO_SCHEMA: 'Timeline.1', name: edit.name,
    metadata: { motif: { width: edit.width, height: edit.height, titles: edit.titles.map(({ text, start, duration, color, size }) => ({ text, start: toDecimal(start), duration: toDecimal(duration), color, size })) } },
    global_start_time: null,
    tracks: {
      OTIO_SCHEMA: 'Stack.1', name: 'tracks', metadata: {}, source_range: null, effects: [], markers: [], enabled: true,
      children: [...edit.pictureLanes.map((lane, index) => trackOf('Video', index, lane, edit.rate)), ...edit.soundLanes.map((lane, index) => trackOf('Audio', index, lane, edit.rate))],
    },
  };
  return `${JSON.stringify(timeline, null, 2)}\n`;
}
