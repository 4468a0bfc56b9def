/** Keys by action id. An action that is not named keeps the keys it was registered with. */
export type Bindings = Readonly<Record<string, readonly string[]>>;

export const PRESET_IDS = ['default', 'premiere', 'resolve', 'capcut', 'losslesscut'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/**
 * What differs from our own keys in the editors that creators come from: their published default keys, where both
 * have the action. Ctrl is Cmd on macOS.
 */
export const KEYMAP_PRESETS: Readonly<Record<PresetId, Bindings>> = {
  default: {},
  premiere: {
    clearIn: ['Ctrl+Shift+I'], clearOut: ['Ctrl+Shift+O'], clearMarks: ['Ctrl+Shift+X'], clearQueue: [],
    zoomFit: ['\\'], export: ['Ctrl+M'], split: ['Ctrl+K'], bladeTool: ['C'], palette: ['Ctrl+Shift+P'], redo: ['Ctrl+Shift+Z'],
  },
  resolve: {
    snap: ['N'], rollTool: ['T'], leftPanel: [], zoomFit: ['Shift+Z'], zoomIn: ['Ctrl+='], zoomOut: ['Ctrl+-'], delete: ['Backspace'], rippleDelete: ['Delete', 'Shift+Backspace'],
    fullScreen: ['Ctrl+F'], selectTool: ['A'], redo: ['Ctrl+Shift+Z'],
  },
  capcut: { snap: ['N'], zoomFit: ['Shift+Z'], zoomIn: ['Ctrl+='], zoomOut: ['Ctrl+-'] },
  losslesscut: {
    stepBack: [','], stepForward: ['.'], secondBack: ['Left'], secondForward: ['Right'], toStart: ['Ctrl+Home'], toEnd: ['Ctrl+End'],
    export: ['E', 'Ctrl+E'], addEvent: ['Shift+E'], fullScreen: ['F', 'F11'], split: ['B', 'Ctrl+B'], bladeTool: [],
  },
};
