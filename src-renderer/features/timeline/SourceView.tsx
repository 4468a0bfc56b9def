import type { Filmstrip } from '../../../src-shared/contract/assets.ts';
import type { AudioClip, Clip } from '../../../src-shared/timeline/records/clip.ts';
import { framesToSeconds, type FrameRate } from '../../../src-shared/timing/frame-rate.ts';

export interface SourceViewProps {
  readonly item: Pick<Clip | AudioClip, 'type' | 'durationFrames' | 'sourceIn' | 'sourceDuration' | 'speed'>;
  readonly frameRate: FrameRate;
  /** Address of the filmstrip, and how it is laid out. */
  readonly strip: string | null;
  readonly filmstrip: Filmstrip | null;
  /** Address of the course of its sound. */
  readonly wave: string | null;
}

/**
 * What of its source an item shows: frames where they are, and the course of its sound below. Everything is placed by shares of the item, so
 * that zooming draws nothing anew.
 */
export function SourceView({ item, frameRate, strip, filmstrip, wave }: SourceViewProps) {
  if (item.sourceDuration === null) return null;
  const speed = item.speed.num / item.speed.den;
  const shown = framesToSeconds(item.durationFrames, frameRate) * speed;
  const whole = item.sourceDuration.num / item.sourceDuration.den;
  const from = item.sourceIn.num / item.sourceIn.den;
  // The whole source in widths of the item, and where it begins.
  const [width, left] = [whole / shown, -from / shown];
  const tiles = strip === null || filmstrip === null ? [] : Array.from({ length: filmstrip.tiles }, (_, index) => ({ index, at: left + (width * index) / filmstrip.tiles })).filter(({ at }) => at < 1 && at + width / filmstrip.tiles > 0);
  return (
    <div className="source" aria-hidden>
      {tiles.map(({ index, at }) => {
        const { tiles: count, width: tileWidth, height } = filmstrip!;
        const wide = `max(100cqw, 100cqh * ${tileWidth / height})`;
        return (
          <i key={index} style={{ left: `${100 * at}%`, width: `${(100 * width) / count}%` }}>
            <b style={{ backgroundImage: `url("${strip}")`, backgroundSize: `calc(${count} * ${wide}) auto`, backgroundPosition: `calc(-${index} * ${wide} - (${wide} - 100cqw) / 2) center` }} />
          </i>
        );
      })}
      {wave === null ? null : <img className={item.type === 'clip' ? 'wave low' : 'wave'} src={wave} alt="" draggable={false} style={{ left: `${100 * left}%`, width: `${100 * width}%` }} />}
    </div>
  );
}
