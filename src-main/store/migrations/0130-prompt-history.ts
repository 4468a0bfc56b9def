import type { Migration } from '../migration.ts';

/** Words of takes that were made before this number, without the words for every event, and when they were used. */
function wordsOfTakes(takes: readonly { readonly recipe: string; readonly createdAt: string }[], globalPrompt: string): readonly { readonly words: string; readonly usedAt: string }[] {
  return takes.flatMap(({ recipe, createdAt }) => {
    const { prompt = '', scene } = JSON.parse(recipe) as { prompt?: string; scene?: unknown };
    const own = globalPrompt !== '' && prompt.endsWith(`, ${globalPrompt}`) ? prompt.slice(0, -globalPrompt.length - 2) : prompt;
    return scene !== undefined || own.trim() === '' ? [] : [{ words: own.trim(), usedAt: createdAt }];
  });
}

/** Every prompt that was ever generated from, each once: takes may go, what was asked for is kept until it is forgotten. */
export const promptHistory: Migration = {
  version: 130,
  name: 'prompt-history',
  up: (db) => {
    db.exec(`
      -- 'lowerWords' is what is searched. 'uses' counts how often it was asked for.
      CREATE TABLE prompts (
        words TEXT NOT NULL PRIMARY KEY,
        lowerWords TEXT NOT NULL,
        usedAt TEXT NOT NULL,
        uses INTEGER NOT NULL,
        starred INTEGER NOT NULL DEFAULT 0 CHECK (starred IN (0, 1))
      ) STRICT;
      CREATE INDEX prompts_byUse ON prompts(usedAt);
    `);
    const sequence = db.prepare<{ record: string }>("SELECT record FROM timelineRecords WHERE id = 'sequence:main'").get();
    const { globalPrompt = '' } = sequence === undefined ? {} : (JSON.parse(sequence.record) as { globalPrompt?: string });
    const insert = db.prepare('INSERT INTO prompts (words, lowerWords, usedAt, uses) VALUES (?, ?, ?, 1) ON CONFLICT (words) DO UPDATE SET uses = uses + 1, usedAt = excluded.usedAt');
    const takes = db.prepare<{ recipe: string; createdAt: string }>('SELECT recipe, createdAt FROM takes ORDER BY rowid').all();
    for (const { words, usedAt } of wordsOfTakes(takes, globalPrompt.trim())) insert.run([words, words.toLowerCase(), usedAt]);
  },
};
