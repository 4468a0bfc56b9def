import { createStore } from 'zustand/vanilla';

/** A toast: what happened and at most one thing to do about it. */
export interface Notice {
  readonly id: number;
  readonly tone: 'info' | 'success' | 'error';
  readonly message: string;
  readonly action: { readonly label: string; readonly run: () => void } | null;
}

/** Toasts waiting to be read, oldest first. */
export const noticeStore = createStore<{ readonly notices: readonly Notice[] }>(() => ({ notices: [] }));

/** Toasts that are kept; of what happens a hundred times the latest are enough. */
const MOST_KEPT = 6;

let nextId = 1;

export function notify(tone: Notice['tone'], message: string, action: Notice['action'] = null): void {
  const notice = { id: nextId, tone, message, action };
  nextId += 1;
  noticeStore.setState(({ notices }) => ({
    // The same message twice in a row is one message.
    notices: [...notices.filter((other) => other.message !== message), notice].slice(-MOST_KEPT),
  }));
}

export function dismissNotice(id: number): void {
  noticeStore.setState(({ notices }) => ({ notices: notices.filter((notice) => notice.id !== id) }));
}

/** Shows a failure in the words of its error. */
export const notifyError = (error: unknown): void => notify('error', error instanceof Error ? error.message : String(error));
