import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

const here = import.meta.dirname;

/**
 * Everything lands in `out/`: the Electron shell and the engine process in `out/main`, the preload in `out/preload`, the
 * window in `out/renderer`, which the Node host serves too. Packages listed under `dependencies` stay outside the bundles.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      sourcemap: true,
      rolldownOptions: {
        input: {
          main: path.join(here, 'src-main/hosts/electron/main.ts'),
          'engine-process': path.join(here, 'src-main/engine/process/engine-process.ts'),
        },
        output: { format: 'es', entryFileNames: '[name].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: path.join(here, 'src-main/hosts/electron/preload.ts') },
        // A sandboxed preload has no module loader: one CommonJS file.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: path.join(here, 'src-renderer'),
    // Relative addresses: the same files are served below studio://app/ and below the Node host's root.
    base: './',
    plugins: [react()],
    build: {
      outDir: path.join(here, 'out/renderer'),
      emptyOutDir: true,
      sourcemap: false,
      minify: true,
      // Loaded from this machine, so one file is as good as several.
      chunkSizeWarningLimit: 2_000,
      // Inlined assets would need data: in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: path.join(here, 'src-renderer/index.html') },
    },
  },
});
