import { useCallback, useEffect, useRef, useState } from 'react';
import { useEditor } from '../api/studio-context.tsx';

const PAUSE_MS = 700;

interface Draft {
  readonly target: string;
  readonly text: string;
  /** Bound to the target at the time of typing: a late commit still lands where it was typed. */
  readonly commit: (text: string) => void;
}

/**
 * Text that is typed freely and becomes an edit when the typing pauses, the field is left or something acts on the document:
 * one undo step per pause. `target` names what is edited.
 */
export function useDraftText(target: string, value: string, commit: (text: string) => void): { text: string; setText: (text: string) => void; flush: () => void } {
  const { drafts } = useEditor();
  const [draft, setDraft] = useState<Draft | null>(null);
  // The state draws, the ref decides: commits may come from outside of React's rendering.
  const current = useRef<Draft | null>(null);

  const setText = (text: string) => {
    const next = { target, text, commit };
    current.current = next;
    setDraft(next);
  };
  const flush = useCallback(() => {
    const open = current.current;
    if (open === null) return;
    current.current = null;
    setDraft(null);
    open.commit(open.text);
  }, []);

  useEffect(() => drafts.add(flush), [drafts, flush]);

  useEffect(() => {
    if (draft === null) return undefined;
    const timer = setTimeout(flush, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft, flush]);

  // Another target, or the end of the panel: what was typed counts.
  useEffect(() => () => { if (current.current?.target === target) flush(); }, [target, flush]);

  return { text: draft !== null && draft.target === target ? draft.text : value, setText, flush };
}
