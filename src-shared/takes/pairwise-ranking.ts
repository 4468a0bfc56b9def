/**
 * An order that grows by judging two things at a time: binary insertion (Knuth, TAOCP 3, section 5.2.1), which asks least of a person
 * among the simple ways: at most 25 questions for ten things. Plain data; every answer gives a new state.
 */
export interface PairwiseRanking {
  /** Groups of equals in order, best first. */
  readonly ranked: readonly (readonly string[])[];
  /** What is not placed yet; the first one is being placed. */
  readonly waiting: readonly string[];
  /** Among `ranked`, the first of which is being placed lies at `from` to `to`, both included. */
  readonly from: number;
  readonly to: number;
}

/** Which of a pair is better: the one that is being placed, the one it is held against, or neither. */
export type Judgement = 'placed' | 'other' | 'equal';

/** Begins: nothing is known about any of `ids`. */
export function beginRanking(ids: readonly string[]): PairwiseRanking {
  return { ranked: ids.slice(0, 1).map((id) => [id]), waiting: ids.slice(1), from: 0, to: Math.min(1, ids.length) };
}

const middle = ({ from, to }: PairwiseRanking): number => Math.floor((from + to) / 2);

/** The next two to judge; null when all are in order. */
export function nextPair(ranking: PairwiseRanking): { readonly placed: string; readonly other: string } | null {
  const placed = ranking.waiting[0];
  const other = ranking.ranked[middle(ranking)]?.[0];
  return placed === undefined || other === undefined ? null : { placed, other };
}

function settle({ ranked, waiting }: PairwiseRanking, at: (groups: readonly (readonly string[])[], id: string) => readonly (readonly string[])[]): PairwiseRanking {
  const [id, ...rest] = waiting;
  const groups = id === undefined ? ranked : at(ranked, id);
  return { ranked: groups, waiting: rest, from: 0, to: groups.length };
}

/** The state after a judgement of its next pair. */
export function judge(ranking: PairwiseRanking, judgement: Judgement): PairwiseRanking {
  if (nextPair(ranking) === null) return ranking;
  const at = middle(ranking);
  if (judgement === 'equal') return settle(ranking, (groups, id) => groups.map((group, index) => (index === at ? [...group, id] : group)));
  const next = judgement === 'placed' ? { ...ranking, to: at } : { ...ranking, from: at + 1 };
  return next.from < next.to ? next : settle(next, (groups, id) => groups.toSpliced(next.from, 0, [id]));
}

/** Most questions that a place among `places` still takes. */
const questions = (places: number): number => Math.ceil(Math.log2(places + 1));

/** Most questions that are left. */
export function questionsLeft({ ranked, waiting, from, to }: PairwiseRanking): number {
  return waiting.reduce((sum, _, index) => sum + questions(index === 0 ? to - from : ranked.length + index), 0);
}

/** All in order, best first; equals stand in the order in which they were given. */
export const rankedIds = ({ ranked, waiting }: PairwiseRanking): readonly string[] => [...ranked.flat(), ...waiting];
