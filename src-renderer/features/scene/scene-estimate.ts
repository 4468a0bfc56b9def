import type { ScenePlan } from '../../../src-shared/contract/scenes.ts';
import type { StageTiles } from '../../../src-shared/pack/tile-choice.ts';
import { tilesAhead } from '../../components/tile-words.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** What some work costs, as far as it is known before it starts. */
export interface ExpectedCost {
  readonly stale: number;
  readonly expectedMs: number | null;
  readonly isRough: boolean;
  readonly expectedMemoryBytes?: number | null;
  readonly tiles?: readonly StageTiles[];
  readonly expectedDiskBytes: number;
  readonly freeDiskBytes: number;
}

/** Memory and disk are enough when this machine has so many times what is needed. */
const DISK_RESERVE = 1.1;

/** Time, memory and disk in a line of plain words. */
export function costWords({ stale, expectedMs, isRough, expectedMemoryBytes = null, tiles = [], expectedDiskBytes, freeDiskBytes }: ExpectedCost): string {
  if (stale === 0) return t('cost.nothingToMake');
  const isTight = expectedDiskBytes * DISK_RESERVE > freeDiskBytes;
  return [
    expectedMs === null ? t('cost.timeUnknown') : t(isRough ? 'cost.timeRough' : 'cost.time', { time: formatDuration(Math.max(1000, expectedMs)) }),
    expectedMemoryBytes === null ? '' : t('cost.memory', { memory: formatBytes(expectedMemoryBytes) }),
    tilesAhead(tiles),
    expectedDiskBytes === 0 ? '' : t(isTight ? 'cost.diskShort' : 'cost.disk', { disk: formatBytes(expectedDiskBytes), free: formatBytes(freeDiskBytes) }),
  ].filter((part) => part !== '').join(' · ');
}

/** What a render of the scene would take, in a line: parts to make, time, memory and disk. */
export function sceneEstimate(plan: ScenePlan): string {
  if (plan.cachedAssetId !== null) return t('scene.upToDate');
  const parts = plan.stages.reduce((sum, { nodes }) => sum + nodes, 0);
  const stale = plan.stages.reduce((sum, stage) => sum + stage.stale, 0);
  if (stale === 0) return t('scene.onlyJoin');
  return `${t('scene.parts', { stale, parts })} · ${costWords({ ...plan, stale })}`;
}

/** What stands in the way of rendering, and its mend; null when nothing does. `memoryBytes`: what the machine has. */
export function sceneObstacle(plan: ScenePlan, memoryBytes: number): string | null {
  if (plan.cachedAssetId !== null) return null;
  if (plan.expectedDiskBytes * DISK_RESERVE > plan.freeDiskBytes) return t('cost.diskMend', { disk: formatBytes(plan.expectedDiskBytes), free: formatBytes(plan.freeDiskBytes) });
  // In tiles it needs less than as a whole.
  const isTiled = plan.tiles.some(({ neededBytes }) => neededBytes !== null && neededBytes >= (plan.expectedMemoryBytes ?? 0));
  if (!isTiled && plan.expectedMemoryBytes !== null && plan.expectedMemoryBytes > memoryBytes * 0.9) return t('cost.memoryMend', { memory: formatBytes(plan.expectedMemoryBytes), all: formatBytes(memoryBytes) });
  return null;
}
