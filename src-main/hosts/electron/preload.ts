import { contextBridge, ipcRenderer } from 'electron';
import { CONNECT_CHANNEL, PORT_CHANNEL, PORT_MESSAGE, type WindowBridge } from '../../../src-shared/rpc/window-bridge.ts';

/** The whole surface a page sees: one function without arguments. A port cannot cross the bridge, so it comes as a message. */
const bridge: WindowBridge = {
  connect() {
    ipcRenderer.send(CONNECT_CHANNEL);
  },
};

ipcRenderer.on(PORT_CHANNEL, (event) => {
  window.postMessage(PORT_MESSAGE, window.location.origin, [...event.ports]);
});

contextBridge.exposeInMainWorld('studio', bridge);
