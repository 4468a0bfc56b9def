import type { TimelineRecords } from './document.ts';

/** Ids of all library files that records show, play or pin. Takes of prompt events are found by their events instead. */
export function assetsUsedBy(records: TimelineRecords): ReadonlySet<string> {
  const used = new Set<string>();
  for (const record of Object.values(records)) if ('assetId' in record) used.add(record.assetId);
  return used;
}
