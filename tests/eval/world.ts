import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Media } from '../../src-main/media/media.ts';

const Triple = z.tuple([z.number(), z.number(), z.number()]);

const WorldFile = z.object({
  width: z.number().int(), height: z.number().int(), sprite: z.number().int(), phases: z.number().int(),
  subjects: z.array(z.string()), backgrounds: z.array(z.string()), colours: z.record(z.string(), Triple), turning: z.array(z.string()),
  words: z.object({ places: z.record(z.string(), z.string()), motions: z.record(z.string(), z.string()) }),
  worlds: z.record(z.string(), z.object({ subjects: z.array(z.string()), colours: z.array(z.string()), backgrounds: z.array(z.string()) })),
  paths: z.record(z.string(), z.array(Triple)),
});

/**
 * What the checkers know: the rendered world's silhouettes, backgrounds, palette, words and paths, written by the trainer
 * (`python -m motif_training truth`). Nothing in it comes from a model.
 */
export interface World extends z.infer<typeof WorldFile> {
  /** Cover of each subject at each phase, [subject][phase][sprite * sprite] in [0, 1]. */
  readonly silhouettes: readonly (readonly Float32Array[])[];
  /** RGB24 of each background, [background][height * width * 3]. */
  readonly pictures: readonly Uint8Array[];
}

/** The kinds that an answer is chosen from: fewer kinds make guessing easier, so a report must name them. */
export interface Choices {
  readonly name: string;
  readonly subjects: readonly string[];
  readonly colours: readonly string[];
  readonly backgrounds: readonly string[];
}

async function picture(media: Media, name: string, width: number, height: number): Promise<Uint8Array> {
  for await (const frame of media.decodeFrames(fileURLToPath(new URL(`truth/${name}`, import.meta.url)), { width, height, fit: 'cover', frames: 1 })) return frame;
  throw new Error(`${name} holds no picture`);
}

/** Reads the truth. */
export async function readWorld(media: Media): Promise<World> {
  const file = WorldFile.parse(JSON.parse(readFileSync(new URL('truth/world.json', import.meta.url), 'utf8')));
  const { sprite, phases, subjects, backgrounds, width, height } = file;
  const atlas = await picture(media, 'silhouettes.png', sprite * phases, sprite * subjects.length);
  const silhouettes = subjects.map((_, subject) => Array.from({ length: phases }, (__, phase) => {
    const out = new Float32Array(sprite * sprite);
    for (let y = 0; y < sprite; y += 1) for (let x = 0; x < sprite; x += 1) out[y * sprite + x] = atlas[((subject * sprite + y) * phases * sprite + phase * sprite + x) * 3]! / 255;
    return out;
  }));
  const strip = await picture(media, 'backgrounds.png', width, height * backgrounds.length);
  const bytes = width * height * 3;
  return { ...file, silhouettes, pictures: backgrounds.map((_, index) => strip.slice(index * bytes, (index + 1) * bytes)) };
}

/** The smallest of the trainer's worlds that holds everything that is asked for. */
export function choicesFor(world: World, asked: readonly { readonly subject: string; readonly colour: string | null; readonly background: string | null }[]): Choices {
  const sizes = Object.entries(world.worlds).sort(([, a], [, b]) => a.subjects.length - b.subjects.length);
  const fits = sizes.find(([, { subjects, colours, backgrounds }]) => asked.every((prompt) =>
    subjects.includes(prompt.subject) && (prompt.colour === null || colours.includes(prompt.colour)) && (prompt.background === null || backgrounds.includes(prompt.background))));
  const [name, lists] = fits ?? sizes.at(-1)!;
  return { name, ...lists };
}
