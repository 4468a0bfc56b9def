/** What working without a window needs of the shell. */
export interface BackgroundShell {
  /** Jobs that are not finished, with how far each is, in [0, 1]. */
  unfinished(): readonly { readonly share: number }[];
  /** Takes the window away and leaves a sign that work goes on. */
  hide(): void;
  /** Brings the window back. */
  show(): void;
  /** Called when the last job has ended and nobody has come back. */
  finish(): void;
  /** Share of the work that is done, in [0, 1]; null when nothing is left to do. */
  progress(share: number | null): void;
}

/** How often the work is looked at, in milliseconds. */
const LOOK_MS = 1000;

/** Lets work go on after its window was closed, and ends the app behind it. Also keeps the taskbar's progress true. */
export function createBackground(shell: BackgroundShell, every: (work: () => void, ms: number) => () => void = repeat): { enter(): void; leave(): void; stop(): void; readonly isHidden: boolean } {
  let isHidden = false;
  const look = (): void => {
    const jobs = shell.unfinished();
    shell.progress(jobs.length === 0 ? null : jobs.reduce((sum, { share }) => sum + share, 0) / jobs.length);
    if (isHidden && jobs.length === 0) {
      isHidden = false;
      shell.finish();
    }
  };
  const stop = every(look, LOOK_MS);
  return {
    enter: () => {
      isHidden = true;
      shell.hide();
    },
    leave: () => {
      isHidden = false;
      shell.show();
    },
    stop,
    get isHidden() {
      return isHidden;
    },
  };
}

function repeat(work: () => void, ms: number): () => void {
  const timer = setInterval(work, ms);
  timer.unref();
  return () => clearInterval(timer);
}
