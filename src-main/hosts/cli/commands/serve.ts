import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createHeadlessPlatform, defaultStudioConfig } from '../../../app/studio.ts';
import { requirePositionals, type Command } from '../command.ts';

const RENDERER = fileURLToPath(new URL('../../../../out/renderer', import.meta.url));

export const serveCommand: Command = {
  name: 'serve',
  summary: 'Serves the studio and its window on this machine, until Ctrl-C.',
  arguments: '',
  options: [
    { name: 'port', value: 'N', help: 'the port; any free one when left out' },
    { name: 'open', help: 'open the window in the default browser' },
  ],
  async run(input, { terminal, signal }) {
    requirePositionals(serveCommand, input, []);
    const port = input.integer('port', 0, 65_535) ?? 0;
    const { createStudio } = await import('../../../app/create-studio.ts');
    const { createLaunchSecrets } = await import('../../node/launch-secrets.ts');
    const { mediaBaseOf, startNodeHost } = await import('../../node/node-host.ts');
    const config = { ...defaultStudioConfig(), goesOnDownloading: true };
    const secrets = createLaunchSecrets();
    const studio = await createStudio(config, createHeadlessPlatform('node', mediaBaseOf(secrets)));
    try {
      const host = await startNodeHost({ studio, secrets, port, dataDir: config.dataDir, rendererDir: existsSync(RENDERER) ? RENDERER : null });
      try {
        terminal.line(`Motif Studio runs at ${host.address}`);
        terminal.announce({ address: host.address, port: host.port });
        if (input.on('open')) openInBrowser(host.address);
        if (!signal.aborted) await once(signal, 'abort');
        return { port: host.port };
      } finally {
        await host.close();
      }
    } finally {
      await studio.close();
    }
  },
};

function openInBrowser(address: string): void {
  const [program, args] = process.platform === 'darwin' ? ['open', [address]] : process.platform === 'win32' ? ['explorer.exe', [address]] : ['xdg-open', [address]];
  const child = spawn(program as string, args as string[], { stdio: 'ignore', detached: true });
  // The address is on the terminal; a machine without a browser is no failure.
  child.once('error', () => undefined);
  child.unref();
}
