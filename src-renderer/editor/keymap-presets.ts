/** Keys by action id. An action that is not named keeps the keys it was registered with. */
export type Bindings = Readonly<Record<string, readonly string[]>>;

export const PRESET_IDS = ['default', 'premiere', 'resolve', 'capcut', 'losslesscut'] as const;
export type PresetId = (typeof PRESET_IDS)[number];

/**
 * What differs from our own keys in the editors that creators come from: their published default keys, where both have the action. An
 * action of ours whose key is meant otherwise there gets a free one. Ctrl is Cmd on macOS.
 */
export const KEYMAP_PRESETS: Readonly<Record<PresetId, Bindings>> = {
  default: {},
  premiere: {
    clearIn: ['Ctrl+Shift+I'], clearOut: ['Ctrl+Shift+O'], clearMarks: ['Ctrl+Shift+X'], clearQueue: ['Ctrl+Alt+X'],
    zoomFit: ['\\'], export: ['Ctrl+M'], redo: ['Ctrl+Shift+Z'], fullScreen: ['`', 'Ctrl+`'], shortcuts: ['Ctrl+Alt+K', '?'],
    split: ['Ctrl+K'], bladeTool: ['C'], rippleTool: ['B'], trimStart: ['Q'], trimEnd: ['W'], queue: ['Shift+Q'],
    rippleDelete: ['Shift+Delete', 'Alt+Backspace'],
  },
  resolve: {
    selectTool: ['A'], rippleTool: ['T'], leftPanel: ['Alt+T'], snap: ['N'], rollTool: ['Shift+N'],
    split: ['Ctrl+B', 'Ctrl+\\'], delete: ['Backspace'], rippleDelete: ['Delete', 'Shift+Backspace'], trimStart: ['Ctrl+{'], trimEnd: ['Ctrl+}'],
    insertClip: ['F9'], overwriteClip: ['F10'], nudgeLeft: [','], nudgeRight: ['.'], loop: ['Ctrl+/'],
    zoomFit: ['Shift+Z'], zoomIn: ['Ctrl+='], zoomOut: ['Ctrl+-'], fullScreen: ['Ctrl+F', 'P'], redo: ['Ctrl+Shift+Z'],
  },
  capcut: {
    selectTool: ['A'], split: ['Ctrl+B'], trimStart: ['Q'], trimEnd: ['W'], queue: ['Shift+Q'], snap: ['N'], rollTool: ['Shift+N'],
    zoomFit: ['Shift+Z'], zoomIn: ['Ctrl+='], zoomOut: ['Ctrl+-'], fullScreen: ['Ctrl+Shift+F'], redo: ['Ctrl+Shift+Z'],
  },
  losslesscut: {
    stepBack: [','], stepForward: ['.'], secondBack: ['Left'], secondForward: ['Right'], toStart: ['Ctrl+Home'], toEnd: ['Ctrl+End'],
    goToIn: ['Shift+Left'], goToOut: ['Shift+Right'], addEvent: ['+', 'Shift+E'], insertClip: ['F9'], overwriteClip: ['F10'],
    split: ['B', 'Ctrl+B'], bladeTool: ['Shift+B'], delete: ['Backspace', 'Delete'], export: ['E', 'Ctrl+E'], fullScreen: ['F', 'F11'],
    zoomFit: ['Z'], zoomIn: ['Ctrl+Up', '='], zoomOut: ['Ctrl+Down', '-'], redo: ['Ctrl+Shift+Z'],
  },
};
