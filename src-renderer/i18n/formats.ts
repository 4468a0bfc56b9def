import { t } from './text.ts';

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'] as const;

/** `12.3 GB`: decimal units, three significant digits at most. */
export function formatBytes(sizeBytes: number): string {
  let value = Math.max(0, sizeBytes);
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `8 s`, `1 min 20 s`, `2 h 5 min`: for estimates and elapsed times. */
export function formatDuration(durationMs: number): string {
  const seconds = Math.max(0, Math.round(durationMs / 1000));
  if (seconds < 60) return t('time.seconds', { seconds });
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? t('time.minutes', { minutes }) : t('time.minutesSeconds', { minutes, seconds: seconds % 60 });
  return t('time.hoursMinutes', { hours: Math.floor(minutes / 60), minutes: minutes % 60 });
}

/** `just now`, `2 min ago`, `yesterday`, then the date. */
export function formatAgo(iso: string, nowMs: number): string {
  const elapsed = nowMs - Date.parse(iso);
  const minutes = Math.floor(elapsed / 60_000);
  if (minutes < 1) return t('time.justNow');
  if (minutes < 60) return t('time.minutesAgo', { minutes });
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return t('time.hoursAgo', { hours });
  if (hours < 48) return t('time.yesterday');
  return new Date(iso).toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

/** A loss with three significant digits: `0.0312`, `1.24`. */
export const formatLoss = (loss: number): string => (Math.abs(loss) >= 0.001 || loss === 0 ? Number(loss.toPrecision(3)).toString() : loss.toExponential(1));

/** `0:03.4`: a place in a clip, to a tenth of a second. */
export function formatClipTime(seconds: number): string {
  const tenths = Math.round(Math.max(0, seconds) * 10);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, '0')}`;
}

/** The name of a media type as people know it: `video/mp4` is MP4, `video/x-matroska` is MATROSKA. */
export const formatMime = (mimeType: string): string => (mimeType.split('/')[1] ?? mimeType).replace(/^(x-|vnd\.)/u, '').replace(/\+.*$/u, '').toUpperCase();
