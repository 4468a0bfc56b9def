import { describe, expect, it } from 'vitest';
import { promptHistory, stepThrough } from '../../../src-renderer/editor/prompt-history.ts';
import { setGlobalPrompt } from '../../../src-renderer/editor/timeline-edits.ts';
import type { Take } from '../../../src-shared/contract/takes.ts';
import { documentOf, eventRecord } from '../../timeline/sample-document.ts';

const take = (createdAt: string, prompt: string) => ({ createdAt, recipe: { prompt } }) as unknown as Take;

describe('words used before', () => {
  it('come newest first, each once, without the words for every event', () => {
    const records = setGlobalPrompt(documentOf(eventRecord(1, 0, 8, { prompt: 'a boat' }), eventRecord(2, 8, 8, { prompt: '' }), eventRecord(3, 16, 8, { prompt: 'a fish' })), 'at night');
    expect(promptHistory([take('2026-01-01', 'a fish, at night'), take('2026-01-03', 'a bird'), take('2026-01-02', 'a bird, at night')], records)).toEqual(['a bird', 'a fish', 'a boat']);
  });

  it('are walked back and forth, to what was being typed and no further', () => {
    const history = ['c', 'b', 'a'];
    const walk = (current: string, direction: 'older' | 'newer') => stepThrough(history, current, direction, 'mine');
    expect([walk('', 'older'), walk('c', 'older'), walk('b', 'older'), walk('a', 'older')]).toEqual(['c', 'b', 'a', null]);
    expect([walk('a', 'newer'), walk('c', 'newer'), walk('mine', 'newer')]).toEqual(['b', 'mine', null]);
  });
});
