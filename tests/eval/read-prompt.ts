import { StudioError } from '../../src-shared/errors/studio-error.ts';
import type { World } from './world.ts';

/** What a prompt asks for, as far as the checkers can tell it. */
export interface Asked {
  readonly prompt: string;
  readonly subject: string;
  readonly colour: string | null;
  readonly background: string | null;
  /** One motion, or two events in their order. */
  readonly motions: readonly string[];
}

const escaped = (phrase: string): RegExp => new RegExp(`(?<![\\p{L}-])${phrase.replace(/[.*+?^${}()|[\]\\]/gu, '\\$&')}(?![\\p{L}-])`, 'iu');

/** The value of the longest phrase in the text, so that `up and to the right` is not read as `up`. */
function longest(text: string, phrases: Readonly<Record<string, string>>): { readonly value: string; readonly rest: string } | null {
  for (const phrase of Object.keys(phrases).sort((a, b) => b.length - a.length)) {
    const pattern = escaped(phrase);
    if (pattern.test(text)) return { value: phrases[phrase]!, rest: text.replace(pattern, ' ') };
  }
  return null;
}

const own = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, name]));

/**
 * Reads subject, colour, place and motions from the wording of one prompt. A prompt without a subject or a motion that the
 * world has cannot be checked: StudioError INVALID_INPUT names it and the words that would do.
 */
export function readPrompt(prompt: string, world: World): Asked {
  const place = longest(prompt, world.words.places);
  const [first, ...later] = (place?.rest ?? prompt).split(/,? (?:and )?then /iu);
  const subject = longest(first!, own(world.subjects));
  if (subject === null) throw new StudioError('INVALID_INPUT', `"${prompt}" names no subject that can be checked. Use one of: ${world.subjects.join(', ')}.`);
  const colour = longest(subject.rest, own(Object.keys(world.colours)));
  const motions = [subject.rest, ...later].flatMap((part) => longest(part, world.words.motions)?.value ?? []);
  if (motions.length !== later.length + 1) throw new StudioError('INVALID_INPUT', `"${prompt}" says a movement that cannot be checked. Use a direction such as "to the left", or one of: ${Object.keys(world.words.motions).join(', ')}.`);
  return { prompt, subject: subject.value, colour: colour?.value ?? null, background: place?.value ?? null, motions };
}

/** Reads a prompt file: a prompt a line; empty lines and lines that begin with # are left out. */
export function readPrompts(text: string, world: World): readonly Asked[] {
  return text.split(/\r?\n/u).map((line) => line.trim()).filter((line) => line !== '' && !line.startsWith('#')).map((line) => readPrompt(line, world));
}
