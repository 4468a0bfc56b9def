import '@fontsource-variable/inter/index.css';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { StudioConnection } from '../api/reconnecting-client.ts';
import { StudioProvider } from '../api/studio-context.tsx';
import { Notices } from '../components/Notices.tsx';
import { App } from './App.tsx';
import { ConnectionFailure } from './ConnectionFailure.tsx';
import { studioTheme } from './theme.ts';

/** Shows the studio in `root`, over a connection that already answered. */
export async function mountStudio(root: HTMLElement, connection: StudioConnection): Promise<void> {
  const info = await connection.client.system.info({});
  // Answers are kept true by the event stream, not by time or focus.
  const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, refetchOnWindowFocus: false, retry: 1 } } });
  createRoot(root).render(
    <StrictMode>
      <ThemeProvider theme={studioTheme} defaultMode="dark" modeStorageKey="theme" noSsr>
        <CssBaseline />
        <QueryClientProvider client={queryClient}>
          <StudioProvider studio={{ ...connection, info }}>
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
