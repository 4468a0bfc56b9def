import type { UsedPrompt } from '../../src-shared/contract/prompts.ts';
import type { StoreDatabase } from './database.ts';

/** What was asked for in this project, each prompt once. */
export interface PromptRepository {
  /** Counts another use of each of some prompts, the last one as the newest; empty ones are left out. */
  remember(prompts: readonly string[]): void;
  /** Newest first, those in which every word of `search` is found, in any case; and how many there are in all. */
  list(wish: { readonly search: string; readonly starred: boolean; readonly limit: number }): { readonly prompts: readonly UsedPrompt[]; readonly total: number };
  star(words: string, starred: boolean): void;
  forget(words: string): void;
}

export function createPromptRepository(db: StoreDatabase): PromptRepository {
  const use = db.prepare('INSERT INTO prompts (words, lowerWords, usedAt, uses) VALUES (?, ?, ?, 1) ON CONFLICT (words) DO UPDATE SET uses = uses + 1, usedAt = excluded.usedAt');
  const setStar = db.prepare('UPDATE prompts SET starred = ? WHERE words = ?');
  const remove = db.prepare('DELETE FROM prompts WHERE words = ?');
  return {
    remember: (prompts) => {
      const used = prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== '');
      if (used.length === 0) return;
      db.transaction(() => {
        for (const words of used) use.run([words, words.toLowerCase(), db.timestamp()]);
        db.touch('prompts');
      });
    },
    list: ({ search, starred, limit }) => {
      const words = search.toLowerCase().split(/\s+/u).filter(Boolean);
      const conditions = [...(starred ? ['starred = 1'] : []), ...words.map(() => 'instr(lowerWords, ?) > 0')];
      const rest = `FROM prompts${conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`}`;
      const rows = db.prepare<Omit<UsedPrompt, 'starred'> & { starred: number }>(`SELECT words, usedAt, uses, starred ${rest} ORDER BY usedAt DESC, rowid DESC LIMIT ?`).all([...words, limit]);
      const total = db.prepare<{ total: number }>(`SELECT count(*) AS total ${rest}`).get(words)?.total ?? 0;
      return { prompts: rows.map((row) => ({ ...row, starred: row.starred === 1 })), total };
    },
    star: (words, starred) => {
      if (setStar.run([starred ? 1 : 0, words]).changes > 0) db.touch('prompts');
    },
    forget: (words) => {
      if (remove.run([words]).changes > 0) db.touch('prompts');
    },
  };
}
