import { t } from '../i18n/text.ts';
import type { Editor } from './editor.ts';
import { notify, notifyError } from './notices.ts';

/** Looks for everything that the timeline misses where somebody says that it lies now, and tells what came of it. */
export async function locateFiles(editor: Editor, path: string): Promise<void> {
  const { found, lacking } = await editor.client.library.locate({ projectId: editor.project.id, path });
  const names = lacking.map(({ name }) => name).join(', ');
  if (found.length === 0) throw new Error(t('locate.nothing', { names }));
  notify(lacking.length === 0 ? 'info' : 'error', lacking.length === 0 ? t('locate.foundAll', { count: found.length }) : t('locate.foundSome', { count: found.length, names }));
}

/** Asks where missing files lie now: with the system's own dialog where there is one, else for the path. */
export function askWhere(editor: Editor): void {
  if (!editor.info.capabilities.includes('nativeDialogs')) {
    editor.session.setState({ dialog: { kind: 'locate' } });
    return;
  }
  void editor.client.system.chooseFolder({}).then(({ path }) => (path === null ? undefined : locateFiles(editor, path))).catch(notifyError);
}
