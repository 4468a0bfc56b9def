import type { Take } from '../contract/takes.ts';

/** How takes are listed: the newest first, or the best. */
export const TAKE_ORDERS = ['newest', 'best'] as const;
export type TakeOrder = (typeof TAKE_ORDERS)[number];

type Judged = Pick<Take, 'place' | 'rating' | 'starred' | 'createdAt'>;

const newestFirst = (a: Judged, b: Judged): number => b.createdAt.localeCompare(a.createdAt);

/** Those that were ranked, in their order; then by rating, star and age. */
const bestFirst = (a: Judged, b: Judged): number => (a.place ?? Infinity) - (b.place ?? Infinity) || b.rating - a.rating || Number(b.starred) - Number(a.starred) || newestFirst(a, b);

/** Takes in an order, as a copy. */
export function inOrder<T extends Judged>(takes: readonly T[], order: TakeOrder): T[] {
  // Two takes without a place differ by infinity minus infinity, which is no number: `||` goes on to the rating.
  return takes.toSorted(order === 'best' ? bestFirst : newestFirst);
}
