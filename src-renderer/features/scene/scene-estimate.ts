import type { ScenePlan } from '../../../src-shared/contract/scenes.ts';
import { formatBytes, formatDuration } from '../../i18n/formats.ts';
import { t } from '../../i18n/text.ts';

/** What a render would take, in a line: parts to make, time, memory and disk as measured on this machine. */
export function sceneEstimate(plan: ScenePlan): string {
  if (plan.cachedAssetId !== null) return t('scene.upToDate');
  const parts = plan.stages.reduce((sum, { nodes }) => sum + nodes, 0);
  const stale = plan.stages.reduce((sum, stage) => sum + stage.stale, 0);
  const isTight = plan.expectedDiskBytes > plan.freeDiskBytes;
  return [
    stale === 0 ? t('scene.onlyJoin') : t('scene.parts', { stale, parts }),
    plan.expectedMs === null ? t('scene.unmeasured') : t('scene.about', { time: formatDuration(plan.expectedMs) }),
    plan.expectedMemoryBytes === null ? '' : t('scene.memory', { memory: formatBytes(plan.expectedMemoryBytes) }),
    plan.expectedDiskBytes === 0 ? '' : t(isTight ? 'scene.diskShort' : 'scene.disk', { disk: formatBytes(plan.expectedDiskBytes), free: formatBytes(plan.freeDiskBytes) }),
  ].filter((part) => part !== '').join(' · ');
}
