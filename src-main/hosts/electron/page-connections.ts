import { MessageChannelMain, type IpcMain, type IpcMainEvent } from 'electron';
import { studioContract } from '../../../src-shared/contract/studio-contract.ts';
import { createMessagePortTransport } from '../../../src-shared/rpc/message-port-transport.ts';
import { serve } from '../../../src-shared/rpc/serve.ts';
import { CONNECT_CHANNEL, PORT_CHANNEL } from '../../../src-shared/rpc/window-bridge.ts';
import type { Studio } from '../../app/studio.ts';
import { isTrustedSender } from './security.ts';

/**
 * Gives each window that asks a message port to the studio: the only channel there is. One port per window; asking again,
 * as a reloaded page does, ends the earlier one and everything that was open on it.
 */
export function servePages(studio: Pick<Studio, 'handlers'>, ipc: Pick<IpcMain, 'on'>): void {
  const serving = new Map<number, () => void>();
  ipc.on(CONNECT_CHANNEL, (event: IpcMainEvent) => {
    const frame = event.senderFrame;
    if (frame === null || !isTrustedSender(frame)) return;
    const { id } = event.sender;
    const earlier = serving.get(id);
    earlier?.();
    const { port1, port2 } = new MessageChannelMain();
    const transport = createMessagePortTransport(port1);
    const stop = serve(studioContract, studio.handlers, transport);
    serving.set(id, () => {
      stop();
      transport.close();
    });
    if (earlier === undefined) {
      event.sender.once('destroyed', () => {
        serving.get(id)?.();
        serving.delete(id);
      });
    }
    frame.postMessage(PORT_CHANNEL, null, [port2]);
  });
}
