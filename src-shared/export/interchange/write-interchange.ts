import type { CompositionPlan, PictureLane, PictureShot } from '../../compose/composition-plan.ts';
import type { FrameRate } from '../../timing/frame-rate.ts';
import { addRational, divideRational, framesToTime, multiplyRational, ONE, rational, timeToFrames, ZERO, type Rational } from '../../timing/rational.ts';
import { writeFcpxml } from './fcpxml.ts';
import { writeOtio } from './otio.ts';

/** A media file that an edit points at. */
export interface InterchangeMedia {
  /** `file:` address. */
  readonly url: string;
  readonly name: string;
  readonly kind: 'video' | 'image' | 'audio';
  readonly frameRate: FrameRate | null;
  readonly frames: number | null;
  readonly durationMs: number | null;
  readonly hasAudio: boolean;
  readonly width: number | null;
  readonly height: number | null;
}

/** One clip of an edit; times in seconds, exact, from the start of the exported range. */
export interface InterchangeClip {
  readonly name: string;
  readonly assetId: string;
  readonly media: InterchangeMedia;
  readonly start: Rational;
  readonly duration: Rational;
  readonly sourceIn: Rational;
  readonly speed: Rational;
  readonly opacity: number;
  /** Relative to fitting the frame; offset of its middle in frame widths and heights. */
  readonly scale: number;
  readonly position: { readonly x: number; readonly y: number };
  readonly volume: number;
  /** Dissolve with the clip before it: length before and after the cut. */
  readonly dissolveIn: { readonly before: Rational; readonly after: Rational } | null;
}

/** An edit as both formats take it. Lanes from below. */
export interface InterchangeEdit {
  readonly name: string;
  readonly rate: FrameRate;
  readonly width: number;
  readonly height: number;
  readonly duration: Rational;
  readonly pictureLanes: readonly (readonly InterchangeClip[])[];
  readonly soundLanes: readonly (readonly InterchangeClip[])[];
  readonly titles: readonly { readonly text: string; readonly start: Rational; readonly duration: Rational; readonly color: string; readonly size: number }[];
}

/** What an edit is written from. */
export interface InterchangeInput {
  readonly plan: CompositionPlan;
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly media: ReadonlyMap<string, InterchangeMedia>;
}

/** When the own part of a source begins: as its exact place in seconds, where it is known. */
function shotTimes(shot: PictureShot, from: number, rate: FrameRate): { readonly sourceIn: Rational; readonly speed: Rational } {
  if (shot.sourceRate === null) return { sourceIn: ZERO, speed: ONE };
  const perSecond = rational(shot.sourceRate.num, shot.sourceRate.den);
  const position = addRational(rational(shot.frames.offset, shot.frames.unit), multiplyRational(rational(shot.frames.step, shot.frames.unit), rational(from - shot.startFrame)));
  const speed = divideRational(timeToFrames(rational(shot.frames.step, shot.frames.unit), rate), perSecond);
  return { sourceIn: divideRational(position, perSecond), speed };
}

function lanesOf({ plan, from, to, media }: InterchangeInput, lane: PictureLane): InterchangeClip[] {
  return lane.shots.flatMap((shot): InterchangeClip[] => {
    const file = media.get(shot.assetId);
    const before = lane.dissolves.find(({ second }) => second.id === shot.id);
    const after = lane.dissolves.find(({ first }) => first.id === shot.id);
    const [start, end] = [Math.max(from, before?.cut ?? shot.from), Math.min(to, after?.cut ?? shot.to)];
    if (file === undefined || end <= start) return [];
    const { target } = shot.place;
    const fit = Math.min(plan.width / (file.width ?? plan.width), plan.height / (file.height ?? plan.height)) * (file.width ?? plan.width);
    return [{
      name: file.name, assetId: shot.assetId, media: file, start: framesToTime(start - from, plan.frameRate), duration: framesToTime(end - start, plan.frameRate), ...shotTimes(shot, start, plan.frameRate),
      opacity: shot.opacity, scale: target.width / fit, position: { x: (target.x + target.width / 2) / plan.width - 0.5, y: (target.y + target.height / 2) / plan.height - 0.5 }, volume: 1,
      dissolveIn: before !== undefined && before.cut > from && before.cut < to ? { before: framesToTime(before.cut - before.from, plan.frameRate), after: framesToTime(before.from + before.length - before.cut, plan.frameRate) } : null,
    }];
  });
}

/** Sounds that do not overlap share a lane. */
function soundLanesOf({ plan, from, to, media }: InterchangeInput): InterchangeClip[][] {
  const lanes: { end: number; clips: InterchangeClip[] }[] = [];
  for (const sound of [...plan.sounds].sort((a, b) => a.from - b.from)) {
    const file = media.get(sound.assetId);
    const [start, end] = [Math.max(from, sound.from), Math.min(to, sound.to)];
    if (file === undefined || end <= start) continue;
    const skipped = multiplyRational(framesToTime(start - sound.from, plan.frameRate), sound.speed);
    const clip: InterchangeClip = {
      name: file.name, assetId: sound.assetId, media: file, start: framesToTime(start - from, plan.frameRate), duration: framesToTime(end - start, plan.frameRate), sourceIn: addRational(sound.sourceFrom, skipped),
      speed: sound.speed, opacity: 1, scale: 1, position: { x: 0, y: 0 }, volume: sound.volume, dissolveIn: null,
    };
    const free = lanes.find((lane) => lane.end <= start);
    if (free === undefined) lanes.push({ end, clips: [clip] });
    else {
      free.clips.push(clip);
      free.end = end;
    }
  }
  return lanes.map(({ clips }) => clips);
}

/** Writes an edit for other programs: Final Cut Pro XML 1.9, or OpenTimelineIO. */
export function writeInterchange(format: 'fcpxml' | 'otio', input: InterchangeInput): string {
  const { plan, from, to, name } = input;
  const edit: InterchangeEdit = {
    name: name.replace(/\.[^.]+$/, ''), rate: plan.frameRate, width: plan.width, height: plan.height, duration: framesToTime(to - from, plan.frameRate),
    pictureLanes: plan.lanes.map((lane) => lanesOf(input, lane)).filter((lane) => lane.length > 0), soundLanes: soundLanesOf(input),
    titles: plan.texts.filter((text) => text.kind === 'title' && text.to > from && text.from < to).map((text) => {
      const [start, end] = [Math.max(from, text.from), Math.min(to, text.to)];
      return { text: text.text, start: framesToTime(start - from, plan.frameRate), duration: framesToTime(end - start, plan.frameRate), color: text.color, size: text.size };
    }),
  };
  return format === 'fcpxml' ? writeFcpxml(edit) : writeOtio(edit);
}
