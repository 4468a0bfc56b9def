import type { TileCount } from '../../../src-shared/recipe/tile-count.ts';
import type { Unet3dConfig } from '../nn/unet3d-config.ts';
import { zeros } from '../tensor/tensor.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { FrameVae } from './super-resolution-2.ts';
import { addTile, cutTile, isWhole, layOutTiles, tilesOf } from './tiles.ts';
import type { TileLayout } from './tiles.ts';
import type { UnetRun } from './unet-run.ts';

/** Positions that neighbouring tiles share: latents of 8 pixels each, or pixels. */
const LATENT_OVERLAP = 8;
const PIXEL_OVERLAP = 32;

interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** How a unet's frames are cut: along its coarsest level, so that each tile is down- and upsampled as the whole frame is. */
export function unetTiles(config: Pick<Unet3dConfig, 'block_out_channels'>, frame: FrameSize, count: TileCount, inLatents: boolean): TileLayout {
  return layOutTiles(frame, count, { unit: 2 ** (config.block_out_channels.length - 1), overlap: inLatents ? LATENT_OVERLAP : PIXEL_OVERLAP });
}

/** How an autoencoder's latents are cut. */
export const latentTiles = (latent: FrameSize, count: TileCount): TileLayout => layOutTiles(latent, count, { unit: 1, overlap: LATENT_OVERLAP });

/**
 * Lets a unet built for one tile predict whole frames: tiles run one after the other, and where they overlap their predictions are
 * averaged at every step, so that they cannot drift apart (MultiDiffusion, Bar-Tal et al. 2023, equation 5). Samples are
 * [batch, channels, frames, height, width].
 */
export function tiledUnet(unet: UnetRun, layout: TileLayout): UnetRun {
  if (isWhole(layout)) return unet;
  return async (inputs) => {
    let out: Tensor | null = null;
    for (const place of tilesOf(layout)) {
      const tile = await unet({ ...inputs, sample: cutTile(inputs.sample, layout, place) });
      out ??= zeros([...tile.shape.slice(0, -2), ...inputs.sample.shape.slice(-2)]);
      addTile(out, tile, layout, place);
    }
    return out!;
  };
}

/** Lets an autoencoder built for one tile encode and decode whole frames; `factor`: pixels per latent. Decoded pixels stay one tile beside the frame. */
export function tiledVae(vae: FrameVae, layout: TileLayout, factor: number): FrameVae {
  if (isWhole(layout)) return vae;
  return {
    scalingFactor: vae.scalingFactor,
    async encode(pixels) {
      const size = pixels.shape.slice(-2).map((length) => length / factor);
      let sums: { mean: Tensor; logVariance: Tensor } | null = null;
      for (const place of tilesOf(layout)) {
        const { mean, logVariance } = await vae.encode(cutTile(pixels, layout, place, factor));
        const shape = [...mean.shape.slice(0, -2), ...size];
        sums ??= { mean: zeros(shape), logVariance: zeros(shape) };
        addTile(sums.mean, mean, layout, place);
        addTile(sums.logVariance, logVariance, layout, place);
      }
      return sums!;
    },
    async decode(latents) {
      const size = latents.shape.slice(-2).map((length) => length * factor);
      let out: Tensor | null = null;
      for (const place of tilesOf(layout)) {
        const tile = await vae.decode(cutTile(latents, layout, place));
        out ??= zeros([...tile.shape.slice(0, -2), ...size]);
        addTile(out, tile, layout, place, factor);
      }
      return out!;
    },
  };
}
