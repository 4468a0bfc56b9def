import { useEffect, useRef } from 'react';
import type { SoundShot } from '../../../src-shared/compose/audio-plan.ts';
import type { CompositionPlan } from '../../../src-shared/compose/composition-plan.ts';
import { fadeWeight } from '../../../src-shared/compose/pixel-rules.ts';
import { framesToSeconds, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';
import { assetUrl } from '../../api/media-address.ts';
import { useEditor, useSession } from '../../api/studio-context.tsx';

/** Sounds are loaded this long before they begin. */
const READY_SECONDS = 2;
/** Apart by more than this they are brought together again: less than a frame at 24 a second. */
const MAX_DRIFT_SECONDS = 0.035;
/** Up to here a sound is only played a little faster or slower; each leap costs silence. */
const LEAP_SECONDS = 0.25;
const NUDGE = 0.05;
/** A sound that stands for longer is not heard: there may be nothing that plays it. */
const STANDS_MS = 500;
/** `HTMLMediaElement.HAVE_FUTURE_DATA` */
const HAS_NEXT = 3;

/** What is heard of the timeline while it plays forwards. */
export function SoundLayer({ plan }: { plan: CompositionPlan }) {
  const playhead = useSession((state) => state.playhead);
  const ready = Math.ceil((READY_SECONDS * plan.frameRate.num) / plan.frameRate.den);
  return plan.sounds.filter(({ from, to }) => playhead >= from - ready && playhead < to).map((sound) => <Sound key={sound.id} sound={sound} rate={plan.frameRate} playhead={playhead} />);
}

function Sound({ sound, rate, playhead }: { sound: SoundShot; rate: FrameRate; playhead: number }) {
  const { info, project, soundClock, session } = useEditor();
  const shuttle = useSession((state) => state.shuttle);
  const audio = useRef<HTMLAudioElement>(null);
  const position = useRef<() => number | null>(() => null);

  useEffect(() => {
    let [lastTime, movedAt] = [-1, 0];
    const heard = (): number | null => {
      const element = audio.current;
      if (!element || element.paused || element.seeking || element.readyState < HAS_NEXT || session.getState().shuttle <= 0) return null;
      if (element.currentTime !== lastTime) [lastTime, movedAt] = [element.currentTime, performance.now()];
      else if (performance.now() - movedAt > STANDS_MS) return null;
      const seconds = ((element.currentTime - sound.sourceFrom.num / sound.sourceFrom.den) * sound.speed.den) / sound.speed.num;
      return sound.from + (seconds * rate.num) / rate.den;
    };
    position.current = heard;
    return soundClock.add(heard);
  }, [soundClock, session, sound, rate]);

  useEffect(() => {
    const element = audio.current;
    if (!element) return;
    const at = playhead - sound.from;
    const isHeard = shuttle > 0 && shuttle <= 2 && at >= 0 && playhead < sound.to;
    if (!isHeard) {
      element.pause();
      return;
    }
    const speed = sound.speed.num / sound.speed.den;
    const wanted = sound.sourceFrom.num / sound.sourceFrom.den + framesToSeconds(at, rate) * speed;
    const rise = at < sound.fadeInFrames ? fadeWeight(at, sound.fadeInFrames) : 1;
    const left = sound.to - 1 - playhead;
    const fall = left < sound.fadeOutFrames ? fadeWeight(left, sound.fadeOutFrames) : 1;
    // An element plays no louder than its file: what is above is heard in the export.
    element.volume = Math.min(1, sound.volume * rise * fall);
    element.preservesPitch = true;
    // A leap that is under way would only begin anew.
    if (element.seeking) return;
    // A playhead stands at the beginning of its frame, the sound somewhere within it.
    const drift = element.currentTime - wanted;
    const isOff = drift < -MAX_DRIFT_SECONDS || drift > MAX_DRIFT_SECONDS + framesToSeconds(1, rate) * speed;
    // Pictures follow the sound that leads; the others follow the pictures.
    const nudge = isOff && !soundClock.isLeading(position.current) ? 1 - Math.sign(drift) * NUDGE : 1;
    element.playbackRate = Math.min(4, Math.max(0.25, speed * shuttle * nudge));
    if (isOff && (element.paused || Math.abs(drift) > LEAP_SECONDS)) element.currentTime = Math.max(0, wanted);
    if (element.paused) void element.play().catch(() => undefined);
  }, [playhead, shuttle, sound, rate, soundClock]);
  return <audio ref={audio} src={assetUrl(info.mediaBase, project.id, sound.assetId)} preload="auto" data-testid="sound" data-sound={sound.id} />;
}
