import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { Project } from '../../src-shared/contract/projects.ts';
import { useFollowDownloads } from '../api/downloads.ts';
import { takeProjectToOpen } from '../api/desktop-port.ts';
import { EditorProvider, useStudio } from '../api/studio-context.tsx';
import { openEditor, type Editor } from '../editor/editor.ts';
import { createEvent, generateEvent } from '../editor/generate.ts';
import { notify, notifyError } from '../editor/notices.ts';
import { eventById, patchEvent } from '../editor/timeline-edits.ts';
import { ModelsWindow } from '../features/models/ModelsWindow.tsx';
import type { Leaving } from '../features/jobs/LeaveDialog.tsx';
import { isAwaited } from '../../src-shared/contract/jobs.ts';
import { StartScreen } from '../features/start/StartScreen.tsx';
import { t } from '../i18n/text.ts';
import { announceDownload } from './announce-download.ts';
import { ProjectShell } from './ProjectShell.tsx';

/** Where a reload of the page goes back to. */
const OPEN_KEY = 'open-project';

/** One window: the start screen, or one project. */
export function App() {
  const { client, info, settings } = useStudio();
  const queryClient = useQueryClient();
  const [editor, setEditor] = useState<Editor | null>(null);
  const [isModelsOpen, setModelsOpen] = useState(false);
  const [isRestoring, setRestoring] = useState(() => {
    const asked = takeProjectToOpen();
    if (asked !== null) sessionStorage.setItem(OPEN_KEY, asked);
    return sessionStorage.getItem(OPEN_KEY) !== null;
  });

  useFollowDownloads(announceDownload);

  const enter = async (project: Project): Promise<Editor> => {
    const opened = await openEditor({ project, info, client, queryClient, storage: settings });
    sessionStorage.setItem(OPEN_KEY, project.path);
    setEditor(opened);
    void queryClient.invalidateQueries({ queryKey: ['recent'] });
    return opened;
  };

  useEffect(() => {
    const path = sessionStorage.getItem(OPEN_KEY);
    if (path === null) return;
    client.projects.open({ path }).then(enter, () => sessionStorage.removeItem(OPEN_KEY)).finally(() => setRestoring(false));
    // Once, at start-up.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, []);

  useEffect(() => {
    document.title = editor ? t('app.titleWith', { name: editor.project.name }) : t('app.name');
  }, [editor]);

  const open = async (path: string) => void (await enter(await client.projects.open({ path })));
  const create = async (name: string, path: string | null) => void (await enter(await client.projects.create({ name, path })));

  const openSample = async () => void (await enter(await client.projects.openSample({ name: t('start.sampleName') })));

  /** One button from nothing to a running generation: project, event, words, go. */
  const makeClipNow = async (prompt: string) => {
    try {
      await queryClient.ensureQueryData({ queryKey: ['models'], queryFn: async () => (await client.models.list({})).packs });
      const opened = await enter(await client.projects.create({ name: t('start.firstProjectName'), path: null }));
      const id = createEvent(opened, { frame: 0, prompt, focusPrompt: false });
      opened.document.transact(t('edit.preset'), (records) => patchEvent(records, id, { preset: 'standard' }));
      const event = eventById(opened.document.getState().records, id);
      if (event) await generateEvent(opened, event, { front: true });
    } catch (caught) {
      notifyError(caught);
    }
  };

  const leave = async (how: Leaving) => {
    if (!editor) return;
    await editor.document.flush();
    editor.close();
    sessionStorage.removeItem(OPEN_KEY);
    setEditor(null);
    // Closing a project puts its jobs to rest until it is opened again. For work in the background it stays open on the host.
    const unfinished = editor.jobs().filter(isAwaited).length;
    if (how === 'background' && unfinished > 0) {
      notify('info', t('project.worksOn', { name: editor.project.name, count: unfinished }));
      void queryClient.invalidateQueries({ queryKey: ['recent'] });
      return;
    }
    void client.projects.close({ projectId: editor.project.id }).catch(notifyError).finally(() => void queryClient.invalidateQueries({ queryKey: ['recent'] }));
  };

  if (isRestoring) return null;
  if (!editor) {
    return (
      <>
        <StartScreen onOpen={open} onCreate={create} onSample={openSample} onMakeClip={makeClipNow} onModels={() => setModelsOpen(true)} />
        {isModelsOpen ? <ModelsWindow onClose={() => setModelsOpen(false)} /> : null}
      </>
    );
  }
  return (
    <EditorProvider key={editor.project.id} editor={editor}>
      <ProjectShell onLeave={(how) => void leave(how)} />
    </EditorProvider>
  );
}
