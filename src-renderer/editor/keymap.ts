import { z } from 'zod';
import { StudioError } from '../../src-shared/errors/studio-error.ts';
import { scopedKey, type Action, type KeyScope } from './actions.ts';
import { KEYMAP_PRESETS, PRESET_IDS, type Bindings, type PresetId } from './keymap-presets.ts';

/** What a person chose: a preset, own keys on top, and whether keys are meant by their character or by their place. */
export interface KeymapChoice {
  readonly preset: PresetId;
  readonly overrides: Bindings;
  readonly matching: KeyMatching;
}

/** `character`: the letter the layout writes. `position`: the key where a US keyboard has that letter. */
export type KeyMatching = 'character' | 'position';

export const DEFAULT_CHOICE: KeymapChoice = { preset: 'default', overrides: {}, matching: 'character' };

/** The keys that are in force. */
export interface Keymap {
  keysOf(actionId: string): readonly string[];
  /** The action of a combination where `scope` has the focus, or null. */
  find(shortcut: string, scope?: KeyScope): Action | null;
}

type Known = Pick<Action, 'id' | 'shortcuts' | 'scope'>;

/** A keymap of whatever has ids and keys. `owner` asks one scope alone. */
interface Resolved<A> {
  keysOf(id: string): readonly string[];
  find(shortcut: string, scope?: KeyScope): A | null;
  owner(shortcut: string, scope: KeyScope | undefined): A | null;
}

/**
 * The keys in force: a person's own keys take a combination from a preset's, and those from the registered ones, so that
 * no combination ever stands for two actions in one scope.
 */
export function resolveKeymap<A extends Known>(actions: readonly A[], choice: KeymapChoice): Resolved<A> {
  const preset = KEYMAP_PRESETS[choice.preset];
  const rank = ({ id }: Known) => (Object.hasOwn(choice.overrides, id) ? 0 : Object.hasOwn(preset, id) ? 1 : 2);
  const byKey = new Map<string, A>();
  const byId = new Map<string, string[]>();
  for (const action of actions.toSorted((a, b) => rank(a) - rank(b))) {
    const wanted = choice.overrides[action.id] ?? preset[action.id] ?? action.shortcuts;
    const own = wanted.filter((key) => !byKey.has(scopedKey(action.scope, key)));
    for (const key of own) byKey.set(scopedKey(action.scope, key), action);
    byId.set(action.id, [...new Set(own)]);
  }
  const owner = (shortcut: string, scope: KeyScope | undefined) => byKey.get(scopedKey(scope, shortcut)) ?? null;
  return { keysOf: (id) => byId.get(id) ?? [], owner, find: (shortcut, scope) => (scope === undefined ? null : owner(shortcut, scope)) ?? owner(shortcut, undefined) };
}

/** Keys that move the focus, close things or belong to the browser; they cannot be given away. */
const RESERVED = new Set(['Escape', 'Tab', 'Shift+Tab', 'Enter', 'Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+R']);

const scopeOf = (actions: readonly Known[], actionId: string): KeyScope | undefined => actions.find(({ id }) => id === actionId)?.scope;

/** What stands in the way of putting `shortcut` on an action: nothing, another action, or the system. */
export type Conflict<A> = { readonly kind: 'none' } | { readonly kind: 'reserved' } | { readonly kind: 'action'; readonly action: A };

export function conflictOf<A extends Known>(actions: readonly A[], choice: KeymapChoice, actionId: string, shortcut: string): Conflict<A> {
  if (RESERVED.has(shortcut)) return { kind: 'reserved' };
  const other = resolveKeymap(actions, choice).owner(shortcut, scopeOf(actions, actionId));
  return other === null || other.id === actionId ? { kind: 'none' } : { kind: 'action', action: other };
}

/**
 * Puts `shortcut` on an action, in place of `replaced` where one is given. Another action that had it gets `replaced`
 * instead (a swap), or loses it where there is nothing to swap.
 */
export function bindKey(actions: readonly Known[], choice: KeymapChoice, actionId: string, shortcut: string, replaced: string | null): KeymapChoice {
  if (RESERVED.has(shortcut)) throw new StudioError('INVALID_INPUT', `${shortcut} belongs to the window; choose another key.`);
  const keymap = resolveKeymap(actions, choice);
  const own = keymap.keysOf(actionId).filter((key) => key !== shortcut);
  const next = replaced === null || !own.includes(replaced) ? [...own, shortcut] : own.map((key) => (key === replaced ? shortcut : key));
  const overrides: Record<string, readonly string[]> = { ...choice.overrides, [actionId]: next };
  const other = keymap.owner(shortcut, scopeOf(actions, actionId));
  if (other !== null && other.id !== actionId) overrides[other.id] = keymap.keysOf(other.id).flatMap((key) => (key !== shortcut ? [key] : replaced === null ? [] : [replaced]));
  return { ...choice, overrides };
}

/** Takes one key from an action. */
export function unbindKey(actions: readonly Known[], choice: KeymapChoice, actionId: string, shortcut: string): KeymapChoice {
  const rest = resolveKeymap(actions, choice).keysOf(actionId).filter((key) => key !== shortcut);
  return { ...choice, overrides: { ...choice.overrides, [actionId]: rest } };
}

/** Gives an action the preset's keys back; a key that another action took meanwhile stays there. */
export function resetAction(choice: KeymapChoice, actionId: string): KeymapChoice {
  return { ...choice, overrides: Object.fromEntries(Object.entries(choice.overrides).filter(([id]) => id !== actionId)) };
}

const KeymapFile = z.object({
  format: z.literal('motif-keymap'),
  version: z.literal(1),
  preset: z.enum(PRESET_IDS),
  matching: z.enum(['character', 'position']),
  keys: z.record(z.string().max(100), z.array(z.string().min(1).max(40)).max(8)),
});

/** The choice as a file that another machine reads. */
export function exportKeymap(choice: KeymapChoice): string {
  const file: z.infer<typeof KeymapFile> = { format: 'motif-keymap', version: 1, preset: choice.preset, matching: choice.matching, keys: Object.fromEntries(Object.entries(choice.overrides).map(([id, keys]) => [id, [...keys]])) };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Reads an exported file. Actions that this version does not know are left out; one key on two actions is refused. */
export function importKeymap(actions: readonly Known[], text: string): KeymapChoice {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new StudioError('INVALID_INPUT', 'This file is not a keyboard layout: it is no JSON. Choose a file that was exported here.');
  }
  const parsed = KeymapFile.safeParse(content);
  if (!parsed.success) throw new StudioError('INVALID_INPUT', 'This file is not a keyboard layout. Choose a file that was exported here.');
  const known = new Set(actions.map(({ id }) => id));
  const overrides = Object.fromEntries(Object.entries(parsed.data.keys).filter(([id]) => known.has(id)));
  const owners = new Map<string, string>();
  for (const [id, keys] of Object.entries(overrides)) {
    for (const key of keys) {
      // Only the key that is fixed anyway may be named.
      if (RESERVED.has(key) && id !== 'escape') throw new StudioError('INVALID_INPUT', `The file puts ${key} on ${id}, but ${key} belongs to the window. Take it out and import again.`);
      const place = scopedKey(scopeOf(actions, id), key);
      const other = owners.get(place);
      if (other !== undefined) throw new StudioError('INVALID_INPUT', `The file puts ${key} on both ${other} and ${id}. Take one out and import again.`);
      owners.set(place, id);
    }
  }
  return { preset: parsed.data.preset, matching: parsed.data.matching, overrides };
}
