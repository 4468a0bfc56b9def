import type { Action } from './actions.ts';

/** What lies over the picture. */
export const VIEWER_ACTIONS: readonly Action[] = [
  { id: 'safeAreas', label: 'viewer.safeAreas', group: 'view', shortcuts: ["'"], isEnabled: () => true, run: (editor) => editor.session.setState(({ safeAreas }) => ({ safeAreas: !safeAreas })) },
  { id: 'onion', label: 'viewer.onion', group: 'view', shortcuts: ['Shift+K'], isEnabled: ({ session }) => session.getState().viewerSource.kind === 'timeline', run: (editor) => editor.session.setState(({ onion }) => ({ onion: !onion })) },
];
