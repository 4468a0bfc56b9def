import { describe, expect, it } from 'vitest';
import { promptHistory, stepThrough } from '../../../src-renderer/editor/prompt-history.ts';
import { documentOf, eventRecord } from '../../timeline/sample-document.ts';

describe('words used before', () => {
  it('come newest first, each once, with those that only stand on the timeline behind them', () => {
    const records = documentOf(eventRecord(1, 0, 8, { prompt: 'a boat' }), eventRecord(2, 8, 8, { prompt: '' }), eventRecord(3, 16, 8, { prompt: 'a fish' }));
    expect(promptHistory([{ words: 'a bird' }, { words: 'a fish ' }], records)).toEqual(['a bird', 'a fish', 'a boat']);
  });

  it('are walked back and forth, to what was being typed and no further', () => {
    const history = ['c', 'b', 'a'];
    const walk = (current: string, direction: 'older' | 'newer') => stepThrough(history, current, direction, 'mine');
    expect([walk('', 'older'), walk('c', 'older'), walk('b', 'older'), walk('a', 'older')]).toEqual(['c', 'b', 'a', null]);
    expect([walk('a', 'newer'), walk('c', 'newer'), walk('mine', 'newer')]).toEqual(['b', 'mine', null]);
  });
});
