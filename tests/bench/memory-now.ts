import { readFileSync } from 'node:fs';

/** Resident memory of this process in bytes: its peak, and of the present the part that is its own and the part that is pages of files. */
export function memoryNow(): { peakBytes: number; ownBytes: number | null; filePagesBytes: number | null } {
  const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
  const field = (name: string): number | null => {
    const found = new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1];
    return found === undefined ? null : Number(found) * 1024;
  };
  return { peakBytes: process.resourceUsage().maxRSS * 1024, ownBytes: field('RssAnon'), filePagesBytes: field('RssFile') };
}
