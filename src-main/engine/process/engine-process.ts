/**
 * Entry of the engine process: a forked Node process (serialization 'advanced') or an Electron utility process.
 * One message is one EngineCommand in, one EngineEvent out. There is no SIGTERM handler on purpose: a handler would keep a
 * native call alive that nobody waits for.
 */
import { createEngineServer } from './engine-server.ts';
import { endWithParent } from './parent-watch.ts';
import type { EngineCommand, EngineEvent } from './protocol.ts';

/** Electron's port to the parent; a plain Node process has none. */
interface ParentPort {
  on(event: 'message', listener: (message: { data: EngineCommand }) => void): void;
  postMessage(event: EngineEvent): void;
}

const { parentPort } = process as unknown as { parentPort?: ParentPort };

if (parentPort) {
  const server = createEngineServer(parentPort.postMessage.bind(parentPort));
  parentPort.on('message', ({ data }) => { server.handle(data); });
} else {
  const server = createEngineServer((event) => new Promise((resolve) => {
    if (process.send) process.send(event, undefined, undefined, () => { resolve(); });
    else resolve();
  }));
  process.on('message', (command: EngineCommand) => { server.handle(command); });
  // A parent that died takes its channel along; a busy main thread does not see that, the watching thread does.
  process.on('disconnect', () => { process.exit(0); });
  if (process.send) endWithParent();
}
