import { useState, type DragEvent } from 'react';
import { useEditor } from '../api/studio-context.tsx';
import { ASSET_DRAG, openLearning, takeDroppedFiles } from '../editor/motion-commands.ts';

export interface MotionDrop {
  readonly isTarget: boolean;
  readonly handlers: {
    onDragOver(event: DragEvent): void;
    onDragLeave(): void;
    onDrop(event: DragEvent): void;
  };
}

/** A place where clips become motions: files from outside and media of the library. */
export function useMotionDrop(): MotionDrop {
  const editor = useEditor();
  const [isTarget, setTarget] = useState(false);
  return {
    isTarget,
    handlers: {
      onDragOver(event) {
        if (editor.project.readOnly || !(event.dataTransfer.types.includes('Files') || event.dataTransfer.types.includes(ASSET_DRAG))) return;
        event.preventDefault();
        setTarget(true);
      },
      onDragLeave: () => setTarget(false),
      onDrop(event) {
        event.preventDefault();
        setTarget(false);
        if (editor.project.readOnly) return;
        const assetId = event.dataTransfer.getData(ASSET_DRAG);
        if (assetId !== '') openLearning(editor, { assetId });
        else takeDroppedFiles(editor, [...event.dataTransfer.files]);
      },
    },
  };
}
