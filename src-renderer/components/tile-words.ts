import type { JobPart } from '../../src-shared/contract/jobs.ts';
import type { StageTiles } from '../../src-shared/pack/tile-choice.ts';
import { formatBytes } from '../i18n/formats.ts';
import { t } from '../i18n/text.ts';

/** What will be done where whole frames do not fit, a sentence for each stage; empty where they do. */
export function tilesAhead(tiles: readonly StageTiles[]): string {
  return tiles.map(({ stage, count, neededBytes, freeBytes }) => {
    const words = { stage: t(`stage.${stage}`), count, free: formatBytes(freeBytes) };
    return neededBytes === null || neededBytes <= freeBytes ? t('tiles.aheadLearned', words) : t('tiles.ahead', { ...words, needed: formatBytes(neededBytes) });
  }).join(' ');
}

/** Why and how a part of a job runs in tiles; null where it does not. */
export function tilesOfPart({ name, tiles }: JobPart): string | null {
  if (tiles === undefined) return null;
  return t(tiles.reason === 'ranOut' ? 'tiles.ranOut' : 'tiles.budget', { stage: t(`stage.${name}`), count: tiles.count, free: formatBytes(tiles.freeBytes) });
}
