/** What the tokens of a name template stand for. */
export interface NameFacts {
  readonly project: string;
  /** The words of the event or the name of the clip, where the export is one. */
  readonly event?: string | undefined;
  /** Number of the take, where there is one. */
  readonly take?: string | undefined;
  readonly seed?: number | undefined;
  readonly date: Date;
  readonly width: number;
  readonly height: number;
  /** Place among several files of one export, from 1. */
  readonly index?: number | undefined;
}

/** Tokens in the order in which they are offered. */
export const NAME_TOKENS = ['project', 'event', 'take', 'seed', 'date', 'resolution', 'n'] as const;

const MAX_WORDS = 80;

/** Words as part of a file name: small letters, digits and dashes only, so that it is safe on every disk. */
export function fileSlug(words: string): string {
  return words.normalize('NFKD').toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, MAX_WORDS).replace(/-+$/, '');
}

/**
 * Fills `{project}`, `{event}`, `{take}`, `{seed}`, `{date}`, `{resolution}` and `{n}` in. What a token stands for cannot leave the folder or
 * begin a hidden file; a token without a value leaves nothing, and no double dashes. Unknown tokens stay as they are.
 */
export function expandName(template: string, facts: NameFacts): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  const values: Readonly<Record<(typeof NAME_TOKENS)[number], string>> = {
    project: fileSlug(facts.project), event: fileSlug(facts.event ?? ''), take: fileSlug(facts.take ?? ''), seed: facts.seed === undefined ? '' : String(facts.seed),
    date: `${facts.date.getFullYear()}-${pad(facts.date.getMonth() + 1)}-${pad(facts.date.getDate())}`, resolution: `${facts.width}x${facts.height}`, n: facts.index === undefined ? '' : String(facts.index),
  };
  const isToken = (name: string): name is keyof typeof values => name in values;
  let hasGap = false;
  const filled = template.replace(/\{(\w+)\}/g, (whole, name: string) => {
    if (!isToken(name)) return whole;
    if (values[name] === '') hasGap = true;
    return values[name];
  });
  const tidy = hasGap ? filled.replace(/([-_ ])[-_ ]+/g, '$1').replace(/^[-_ ]+|[-_ ]+$/g, '') : filled;
  return tidy === '' ? 'export' : tidy;
}
