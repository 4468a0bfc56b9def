import { useState, type DragEvent } from 'react';
import { useEditor } from '../api/studio-context.tsx';
import { MOTION_DRAG, putMotionOn } from '../editor/motion-commands.ts';

/** A place that stands for an event: motions dropped there are put on it. */
export function useMotionTarget(eventId: string): { isTarget: boolean; handlers: { onDragOver(event: DragEvent): void; onDragLeave(): void; onDrop(event: DragEvent): void } } {
  const editor = useEditor();
  const [isTarget, setTarget] = useState(false);
  return {
    isTarget,
    handlers: {
      onDragOver(event) {
        if (editor.project.readOnly || !event.dataTransfer.types.includes(MOTION_DRAG)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
        setTarget(true);
      },
      onDragLeave: () => setTarget(false),
      onDrop(event) {
        const motionId = event.dataTransfer.getData(MOTION_DRAG);
        setTarget(false);
        if (motionId === '') return;
        event.preventDefault();
        putMotionOn(editor, eventId, motionId);
      },
    },
  };
}
