import { describe, expect, it } from 'vitest';
import type { Job } from '../../../src-shared/contract/jobs.ts';
import { isAwaited } from '../../../src-shared/contract/jobs.ts';
import { queueTotal } from '../../../src-renderer/features/jobs/queue-total.ts';

const job = (state: Job['state'], remainingMs: number | null): Job => ({
  id: 'job:00000000-0000-4000-8000-000000000000', kind: 'generate', state, title: 'Fish', createdAt: '2026-01-01T00:00:00.000Z', finishedAt: null, attempt: 1, parts: [],
  elapsedMs: 0, remainingMs, previewVersion: 0, promptEventId: null, resultAssetId: null, resultPath: null, error: null,
});

describe('time left in the queue', () => {
  it('adds up what works and waits, and nothing else', () => {
    expect(queueTotal([job('running', 4000), job('available', 6000), job('paused', 50_000), job('completed', 0)])).toEqual({ knownMs: 10_000, isWhole: true });
  });
  it('says when a part is not known', () => expect(queueTotal([job('running', 4000), job('available', null)])).toEqual({ knownMs: 4000, isWhole: false }));
  it('that keeps nobody from leaving: stand-ins go on the next time', () => {
    expect([job('running', 1), { ...job('running', 1), kind: 'proxy' as const }, job('paused', 1)].map(isAwaited)).toEqual([true, false, false]);
  });
  it('is nothing for a queue at rest', () => expect(queueTotal([job('paused', 4000), job('discarded', null)])).toBeNull());
});
