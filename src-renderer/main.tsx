import './app/without-eval.ts';
import { createReconnectingClient } from './api/reconnecting-client.ts';
import { openTransport } from './api/open-transport.ts';
import { mountConnectionFailure, mountStudio } from './app/mount-studio.tsx';

const root = document.getElementById('root');
if (root) {
  createReconnectingClient(openTransport).then(
    (connection) => mountStudio(root, connection),
    (error: unknown) => mountConnectionFailure(root, error),
  );
}
