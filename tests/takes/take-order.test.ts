import { describe, expect, it } from 'vitest';
import { inOrder } from '../../src-shared/takes/take-order.ts';
import { beginRanking, judge, nextPair, questionsLeft, rankedIds, type PairwiseRanking } from '../../src-shared/takes/pairwise-ranking.ts';

const take = (id: string, createdAt: string, marks: { rating?: number; starred?: boolean; place?: number } = {}) => ({ id, createdAt, rating: marks.rating ?? 0, starred: marks.starred ?? false, place: marks.place ?? null });

describe('the order of takes', () => {
  it('is by age, or by place, rating and star, with what was ranked in front', () => {
    const takes = [take('old', '1'), take('starred', '2', { starred: true }), take('four', '3', { rating: 4 }), take('second', '4', { place: 2 }), take('first', '5', { place: 1, rating: 1 }), take('new', '6')];
    expect(inOrder(takes, 'newest').map(({ id }) => id)).toEqual(['new', 'first', 'second', 'four', 'starred', 'old']);
    expect(inOrder(takes, 'best').map(({ id }) => id)).toEqual(['first', 'second', 'four', 'starred', 'new', 'old']);
  });
});

/** Ranks by asking `worth`, and counts the questions. */
function askAll(ids: readonly string[], worth: (id: string) => number): { readonly order: readonly string[]; readonly asked: number } {
  let ranking: PairwiseRanking = beginRanking(ids);
  let asked = 0;
  for (let pair = nextPair(ranking); pair !== null; pair = nextPair(ranking)) {
    const left = questionsLeft(ranking);
    const better = worth(pair.placed) - worth(pair.other);
    ranking = judge(ranking, better > 0 ? 'placed' : better < 0 ? 'other' : 'equal');
    asked += 1;
    // Every answer brings the end nearer.
    expect(questionsLeft(ranking)).toBeLessThan(left);
  }
  return { order: rankedIds(ranking), asked };
}

describe('ranking by pairs', () => {
  it('finds the order of any arrangement in few questions', () => {
    const ids = [...'abcdefghij'];
    for (let round = 0; round < 200; round += 1) {
      const mixed = ids.toSorted((a, b) => Math.sin(a.charCodeAt(0) * (round + 1)) - Math.sin(b.charCodeAt(0) * (round + 1)));
      const { order, asked } = askAll(mixed, (id) => -ids.indexOf(id));
      expect(order).toEqual(ids);
      expect(asked).toBeLessThanOrEqual(25);
    }
    expect(questionsLeft(beginRanking(ids))).toBe(25);
  });

  it('keeps equals beside each other, and asks of nothing where there is nothing to ask', () => {
    expect(askAll(['a', 'b', 'c', 'd', 'e'], (id) => ({ a: 1, b: 2, c: 1, d: 3, e: 1 })[id] ?? 0).order).toEqual(['d', 'b', 'a', 'c', 'e']);
    expect(askAll(['a'], () => 0)).toEqual({ order: ['a'], asked: 0 });
    expect(askAll([], () => 0)).toEqual({ order: [], asked: 0 });
  });
});
