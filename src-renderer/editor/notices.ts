import { createStore } from 'zustand/vanilla';

/** A toast: what happened and at most one thing to do about it. */
export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'success' | 'error';
  readonly message: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
  /** How many of a kind it stands for; see {@link notifyEach}. */
  readonly sum: { readonly key: string; readonly count: number } | null;
}

/** Toasts waiting to be read, oldest first. */
export const noticeStore = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

/** Toasts that are kept; of what happens a hundred times the latest are enough. */
const MOST_KEPT = 6;

let nextId = 1;

export function notify(tone: Notice['tone'], message: string, action: Notice['action'] = null): void {
  const notice = { id: nextId, tone, message, action, sum: null };
  nextId += 1;
  noticeStore.setState(({ notices }) => ({
    // The same message twice in a row is one message.
    notices: [...notices.filter((other) => other.message !== message), notice].slice(-MOST_KEPT),
  }));
}

/** Tells what happens to many things in a row, such as files that arrive: while the last one's toast is there, it becomes the sum of them. */
export function notifyEach(key: string, one: string, many: (count: number) => string, action: Notice['action']): void {
  const before = noticeStore.getState().notices.find(({ sum }) => sum?.key === key)?.sum ?? null;
  const count = (before?.count ?? 0) + 1;
  const notice: Notice = { id: nextId, tone: 'success', message: count === 1 ? one : many(count), action: count === 1 ? action : null, sum: { key, count } };
  nextId += 1;
  noticeStore.setState(({ notices }) => ({ notices: [...notices.filter(({ sum }) => sum?.key !== key), notice].slice(-MOST_KEPT) }));
}

export function dismissNotice(id: number): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Shows a failure in the words of its error. */
export const notifyError = (error: unknown): void => notify('error', error instanceof Error ? error.message : String(error));
