import { useEffect, useEffectEvent, useRef, useState } from 'react';
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
  const [draft, setDraftState] = useState<Draft | null>(null);
  // The state draws, the ref decides: commits may come from outside of React's rendering.
  const current = useRef<Draft | null>(null);

  const setDraft = (next: Draft | null) => {
    current.current = next;
    setDraftState(next);
  };
  const flush = () => {
    const open = current.current;
    if (open === null) return;
    setDraft(null);
    open.commit(open.text);
  };
  const commitNow = useEffectEvent(flush);

  useEffect(() => drafts.add(() => commitNow()), [drafts]);

  useEffect(() => {
    if (draft === null) return undefined;
    const timer = setTimeout(() => commitNow(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);

  // Another target: what was typed for the last one counts.
  useEffect(() => {
    if (current.current !== null && current.current.target !== target) commitNow();
  }, [target]);

  // So does what was typed when the panel closes.
  useEffect(() => () => {
    const open = current.current;
    current.current = null;
    open?.commit(open.text);
  }, []);

  const setText = (text: string) => setDraft({ target, text, commit });
  return { text: draft !== null && draft.target === target ? draft.text : value, setText, flush };
}
