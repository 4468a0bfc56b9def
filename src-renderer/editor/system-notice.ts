import type { LayoutStorage } from './session-store.ts';

const KEY = 'system-notices';

let storage: LayoutStorage | null = null;

/** Where the choice is kept. */
export function rememberNoticesIn(chosen: LayoutStorage): void {
  storage = chosen;
}

/** Whether a person asked for notices of the system, and the system still allows them. */
export function wantsNotifications(): boolean {
  return 'Notification' in globalThis && Notification.permission === 'granted' && storage?.getItem(KEY) === 'on';
}

/** Switches notices of the system; asks for permission when they are switched on. Resolves to whether they are on. */
export async function setWantsNotifications(on: boolean): Promise<boolean> {
  storage?.setItem(KEY, on ? 'on' : 'off');
  if (on && 'Notification' in globalThis && Notification.permission === 'default') await Notification.requestPermission();
  return wantsNotifications();
}

/** Tells through the system, and only while nobody looks at the window: there a toast says the same. */
export function tellIfAway(message: string): void {
  if (document.hasFocus() || !wantsNotifications()) return;
  const notice = new Notification('Motif Studio', { body: message });
  notice.addEventListener('click', () => window.focus());
}
