/** The layers of the house (docs/architecture.md). Type imports count too. */
const layer = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const owner = (pkg, home) =>
  layer(`one-owner-${pkg.replaceAll('/', '-')}`, `${pkg} is imported by ${home} only`, { path: '^src-', pathNot: `^${home}` }, { path: `node_modules/${pkg}` });

export default {
  forbidden: [
    layer('no-circular', 'cycles hide structure', {}, { circular: true }),
    layer('shared-is-leaf', 'src-shared runs anywhere', { path: '^src-shared' }, { path: '^(src-main|src-renderer)' }),
    layer('shared-no-packages', 'src-shared depends on zod only', { path: '^src-shared' }, { path: 'node_modules/', pathNot: 'node_modules/zod' }),
    layer('shared-no-node', 'src-shared runs anywhere', { path: '^src-shared' }, { dependencyTypes: ['core'] }),
    layer('renderer-only-shared', 'the renderer sees src-shared only', { path: '^src-renderer' }, { path: '^src-main' }),
    layer('main-no-renderer', 'main never imports the renderer', { path: '^src-main' }, { path: '^src-renderer' }),
    layer('engine-is-pure', 'the engine is a process of its own', { path: '^src-main/engine' }, { path: '^src-main/(store|jobs|services|media|models|hub|app|hosts)' }),
    layer('store-media-models-peers', 'peers do not know each other', { path: '^src-main/(store|media|models|hub)/' }, { path: '^src-main/(store|media|models|hub|engine|jobs|services|app|hosts)/', pathNot: '^src-main/$1/' }),
    layer('jobs-below-services', 'jobs do not reach up', { path: '^src-main/jobs' }, { path: '^src-main/(services|app|hosts)' }),
    layer('services-below-app', 'services do not reach up', { path: '^src-main/services' }, { path: '^src-main/(app|hosts)' }),
    layer('app-below-hosts', 'the composition root does not know its hosts', { path: '^src-main/app' }, { path: '^src-main/hosts' }),
    layer('hosts-are-thin', 'hosts see the app and shared code only', { path: '^src-main/hosts' }, { path: '^src-main/(store|jobs|media|models|hub|engine|services)/' }),
    layer('electron-in-shell', 'only the shell imports electron', { path: '^src-', pathNot: '^src-main/hosts/electron' }, { path: 'node_modules/electron' }),
    layer('features-do-not-mix', 'features share through editor, components, api', { path: '^src-renderer/features/([^/]+)/' }, { path: '^src-renderer/features/', pathNot: '^src-renderer/features/$1/' }),
    owner('onnxruntime-node', 'src-main/engine/session'),
    owner('better-sqlite3', 'src-main/store'),
    owner('fluent-ffmpeg', 'src-main/media'),
    owner('ws', 'src-main/hosts/node'),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^(tests|out|dist)' },
  },
};
