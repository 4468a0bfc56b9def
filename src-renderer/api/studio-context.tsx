import { createContext, use, type ReactNode } from 'react';
import { useStore } from 'zustand';
import type { SystemInfo } from '../../src-shared/contract/system.ts';
import type { DocumentState } from '../editor/document-store.ts';
import type { Editor } from '../editor/editor.ts';
import type { LayoutStorage, SessionState } from '../editor/session-store.ts';
import type { StudioConnection } from './reconnecting-client.ts';

/** What every part of the window may use. */
export interface Studio extends StudioConnection {
  readonly info: SystemInfo;
  /** What this person chose, in every window and project. */
  readonly settings: LayoutStorage;
}

const StudioContext = createContext<Studio | null>(null);
const EditorContext = createContext<Editor | null>(null);

export const StudioProvider = ({ studio, children }: { studio: Studio; children: ReactNode }) => <StudioContext value={studio}>{children}</StudioContext>;
export const EditorProvider = ({ editor, children }: { editor: Editor; children: ReactNode }) => <EditorContext value={editor}>{children}</EditorContext>;

export function useStudio(): Studio {
  const studio = use(StudioContext);
  if (!studio) throw new Error('useStudio outside of StudioProvider');
  return studio;
}

/** The editor of the open project. */
export function useEditor(): Editor {
  const editor = use(EditorContext);
  if (!editor) throw new Error('useEditor outside of EditorProvider');
  return editor;
}

export const useSession = <T,>(select: (state: SessionState) => T): T => useStore(useEditor().session, select);
export const useDocument = <T,>(select: (state: DocumentState) => T): T => useStore(useEditor().document, select);
