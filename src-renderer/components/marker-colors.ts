/** What the colours of markers look like, light and dark alike. */
export const MARKER_COLORS = { amber: '#e0a030', red: '#e0564b', green: '#3fae74', blue: '#4a90e2', violet: '#9b6be0' } as const;
