import type { TextKey } from '../i18n/text.ts';
import type { Editor } from './editor.ts';

/** The regions of the window in the order of their keys. */
export const PANES = ['library', 'viewer', 'inspector', 'timeline', 'queue'] as const;
export type Pane = (typeof PANES)[number];

/** What going there is called. */
export const PANE_LABELS: Readonly<Record<Pane, TextKey>> = { library: 'panes.library', viewer: 'panes.viewer', inspector: 'panes.inspector', timeline: 'panes.timeline', queue: 'panes.queue' };

/** Opens a region where it is closed and puts the keyboard focus on it; Tab goes on to what is inside. */
export function focusPane(editor: Editor, pane: Pane): void {
  if (pane === 'library') editor.session.setState({ leftOpen: true });
  if (pane === 'inspector') editor.session.setState({ rightOpen: true });
  if (pane === 'queue') editor.session.setState({ queueOpen: true });
  // A region that was closed is drawn first.
  requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-pane="${pane}"]`)?.focus());
}
