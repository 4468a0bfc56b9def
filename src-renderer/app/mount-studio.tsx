import '@fontsource-variable/inter/index.css';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { StudioConnection } from '../api/reconnecting-client.ts';
import { StudioProvider } from '../api/studio-context.tsx';
import { Notices } from '../components/Notices.tsx';
import { openSettingsStorage } from '../editor/settings-storage.ts';
import { studioKeymap } from '../editor/studio-keymap.ts';
import { rememberNoticesIn } from '../editor/system-notice.ts';
import { App } from './App.tsx';
import { ConnectionFailure } from './ConnectionFailure.tsx';
import { studioTheme } from './theme.ts';
import { themeStorage } from './theme-storage.ts';

/** Shows the studio in `root`, over a connection that already answered. */
export async function mountStudio(root: HTMLElement, connection: StudioConnection): Promise<void> {
  const [info, settings] = await Promise.all([connection.client.system.info({}), openSettingsStorage(connection.client)]);
  studioKeymap.rememberIn(settings);
  rememberNoticesIn(settings);
  // A window that closes within the moment in which changes are gathered.
  window.addEventListener('pagehide', () => void settings.flush());
  // Answers are kept true by the event stream, not by time or focus.
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, refetchOnWindowFocus: false, retry: 1 } } });
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider theme={studioTheme} defaultMode="dark" modeStorageKey="theme" storageManager={themeStorage(settings)} noSsr>
        <CssBaseline />
        <QueryClientProvider client={queryClient}>
          <StudioProvider studio={{ ...connection, info, settings }}>
            <App />
            <Notices />
          </StudioProvider>
        </QueryClientProvider>
      </ThemeProvider>
    </StrictMode>,
  );
}

/** Says why there is no studio: the one screen that needs no host. */
export function mountConnectionFailure(root: HTMLElement, error: unknown): void {
  createRoot(root).render(
    <ThemeProvider theme={studioTheme} defaultMode="dark" modeStorageKey="theme" noSsr>
      <CssBaseline />
      <ConnectionFailure message={error instanceof Error ? error.message : String(error)} />
    </ThemeProvider>,
  );
}
