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

/** Strips of more frames than this have their own widths at which frames are left out. */
const FEW = 8;

/**
 * What of its source an item shows: frames where they are, and the course of its sound below. Everything is placed by shares of the item, so
 * that zooming draws nothing anew; where the frames get too narrow to be recognised, styles leave out every second one, or three of four.
 */
export function SourceView({ item, frameRate, strip, filmstrip, wave }: SourceViewProps) {
  if (item.sourceDuration === null) return null;
  const speed = item.speed.num / item.speed.den;
  const shown = framesToSeconds(item.durationFrames, frameRate) * speed;
  const whole = item.sourceDuration.num / item.sourceDuration.den;
  const from = item.sourceIn.num / item.sourceIn.den;
  // The whole source in widths of the item, and where it begins.
  const [width, left] = [whole / shown, -from / shown];
  const count = strip === null || filmstrip === null ? 0 : filmstrip.tiles;
  const tiles = Array.from({ length: count }, (_, index) => ({ index, reach: index % 4 === 0 ? 4 : index % 2 === 0 ? 2 : 1 })).filter(({ index, reach }) => left + (width * index) / count < 1 && left + (width * (index + reach)) / count > 0);
  return (
    <div className="source" aria-hidden>
      {filmstrip === null || tiles.length === 0 ? null : (
        <div className={count > FEW ? 'strip' : 'strip few'} style={{ left: `${100 * left}%`, width: `${100 * width}%` }}>
          {tiles.map(({ index, reach }) => {
            const wide = `max(100cqw, 100cqh * ${filmstrip.width / filmstrip.height})`;
            return (
              <i key={index} data-reach={reach} style={{ left: `${(100 * index) / count}%`, width: `calc(${100 / count}% * var(--step, 1))` }}>
                <b style={{ backgroundImage: `url("${strip}")`, backgroundSize: `calc(${count} * ${wide}) auto`, backgroundPosition: `calc(-${index} * ${wide} - (${wide} - 100cqw) / 2) center` }} />
              </i>
            );
          })}
        </div>
      )}
      {wave === null ? null : <img className={item.type === 'clip' ? 'wave low' : 'wave'} src={wave} alt="" draggable={false} style={{ left: `${100 * left}%`, width: `${100 * width}%` }} />}
    </div>
  );
}
