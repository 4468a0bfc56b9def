import { createTransportListeners, type Transport } from './transport.ts';

/**
 * Two ends of one pipe inside a process: tests, and the command line calling its own studio.
 * Messages are cloned, so that neither side can hold on to the other's objects, and arrive in a later microtask.
 */
export function createInMemoryTransports(): readonly [Transport, Transport] {
  const left = createTransportListeners();
  const right = createTransportListeners();
  const closeBoth = () => {
    left.markClosed();
    right.markClosed();
  };
  const end = (own: typeof left, other: typeof left): Transport => ({
    post(message) {
      if (own.closed) return;
      const copy = cloneMessage(message);
      queueMicrotask(() => other.deliver(copy));
    },
    onMessage: own.onMessage,
    onClose: own.onClose,
    close: closeBoth,
  });
  return [end(left, right), end(right, left)];
}

function cloneMessage(message: unknown): unknown {
  try {
    return structuredClone(message);
  } catch (error) {
    throw new TypeError(`a message cannot be cloned: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
