/** Texts that are typed but not yet edits. Whoever acts on the document commits them first, so that it acts on what is on the screen. */
export interface Drafts {
  /** Registers a way to commit; returns the way to take it back. */
  add(commit: () => void): () => void;
  commitAll(): void;
}

export function createDrafts(): Drafts {
  const commits = new Set<() => void>();
  return {
    add(commit) {
      commits.add(commit);
      return () => commits.delete(commit);
    },
    commitAll() {
      for (const commit of commits) commit();
    },
  };
}
