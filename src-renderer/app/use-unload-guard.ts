import { useEffect } from 'react';
import type { Editor } from '../editor/editor.ts';
import { isAwaited } from '../../src-shared/contract/jobs.ts';

/** Lets the browser ask before the page goes while work is under way. The desktop shell asks on its own: there a refusal would only look stuck. */
export function useUnloadGuard(editor: Editor): void {
  useEffect(() => {
    if (editor.info.host === 'electron') return;
    const onBeforeUnload = (event: BeforeUnloadEvent) => {
      if (editor.jobs().some((job) => job.state !== 'retryable' && isAwaited(job))) event.preventDefault();
    };
    window.addEventListener('beforeunload', onBeforeUnload);
    return () => window.removeEventListener('beforeunload', onBeforeUnload);
  }, [editor]);
}
