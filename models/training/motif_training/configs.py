"""Architectures and schedulers of the embedded pack, in the keys of the diffusers layout."""

from __future__ import annotations


def _pixel_unet(block_out: list[int], attention: list[bool], layers: int | list[int], in_channels: int, **more) -> dict:
    names = ["SimpleCrossAttnDownBlock3D" if a else "ResnetDownsampleBlock3D" for a in attention]
    ups = ["SimpleCrossAttnUpBlock3D" if a else "ResnetUpsampleBlock3D" for a in reversed(attention)]
    return {
        "_class_name": "UNet3DConditionModel", "_diffusers_version": "0.19.3", "act_fn": "gelu", "addition_embed_type": "text",
        "addition_embed_type_num_heads": 4, "addition_time_embed_dim": None, "attention_head_dim": 16,
        "block_out_channels": block_out, "center_input_sample": False, "class_embed_type": None,
        "class_embeddings_concat": False, "conv_in_kernel": 3, "conv_out_kernel": 3, "cross_attention_dim": 128,
        "cross_attention_norm": "group_norm", "down_block_types": names, "downsample_padding": 1,
        "dual_cross_attention": False, "encoder_hid_dim": 128, "encoder_hid_dim_type": "text_proj",
        "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": in_channels, "layers_per_block": layers,
        "mid_block_only_cross_attention": None, "mid_block_scale_factor": 1, "mid_block_type": "UNetMidBlock3DSimpleCrossAttn",
        "norm_eps": 1e-05, "norm_num_groups": 16, "num_attention_heads": None, "num_class_embeds": None,
        "only_cross_attention": False, "out_channels": 3, "projection_class_embeddings_input_dim": None,
        "resnet_out_scale_factor": 1.0, "resnet_skip_time_act": False, "resnet_time_scale_shift": "scale_shift",
        "sample_size": 64, "time_cond_proj_dim": None, "time_embedding_act_fn": None, "time_embedding_dim": None,
        "time_embedding_type": "positional", "timestep_post_act": None, "transformer_layers_per_block": 1,
        "transfromer_in_opt": False, "up_block_types": ups, "upcast_attention": False, "use_linear_projection": False,
        **more,
    }


KEYFRAMES = _pixel_unet([32, 64, 128, 128], [False, False, True, True], 1, 3)
"""Keyframes: 8 frames of 40x64; attention at 10x16 and 5x8."""

TEXT_ENCODER = {
    "architectures": ["T5EncoderModel"], "model_type": "t5", "d_ff": 256, "d_kv": 32, "d_model": 128,
    "dense_act_fn": "gelu_new", "dropout_rate": 0.0, "eos_token_id": 1, "feed_forward_proj": "gated-gelu",
    "initializer_factor": 1.0, "is_encoder_decoder": False, "is_gated_act": True, "layer_norm_epsilon": 1e-06,
    "num_heads": 4, "num_layers": 2, "pad_token_id": 0, "relative_attention_max_distance": 128,
    "relative_attention_num_buckets": 32, "tie_word_embeddings": False, "use_cache": False, "vocab_size": 256,
}
"""Text encoder: trained jointly with keyframes."""

INTERPOLATION = _pixel_unet([32, 64, 64], [False, False, True], 1, 7, norm_num_groups=8)
"""In-between frames: segments of 5 frames of 40x64, conditioned on blended key frames and a mask."""

SUPER_RESOLUTION_1 = _pixel_unet(
    [32, 32, 64, 64], [False, False, False, True], 1, 6, class_embed_type="timestep", sample_size=256, time_embedding_dim=128,
    time_embedding_act_fn="gelu", resnet_skip_time_act=True, norm_num_groups=8,
)
"""Four times larger frames: windows of 8 frames of 160x256; thin at full size, attention at 20x32."""

VAE = {
    "_class_name": "AutoencoderKL", "_diffusers_version": "0.19.3", "act_fn": "silu", "block_out_channels": [24, 48],
    "down_block_types": ["DownEncoderBlock2D"] * 2, "force_upcast": False, "in_channels": 3, "latent_channels": 8,
    "layers_per_block": 1, "mid_block_add_attention": False, "norm_num_groups": 1, "out_channels": 3, "sample_size": 320,
    "scaling_factor": 1.0, "up_block_types": ["UpDecoderBlock2D"] * 2,
}
"""Autoencoder of 2x2 patches to 8 latent channels.

Twice smaller, not eight times as in Show-1: an autoencoder that can be trained in minutes on two cores keeps edges only
at the smaller factor.  One normalisation group, because more groups throw away the colour of flat areas.
"""

SUPER_RESOLUTION_2 = {
    "_class_name": "UNet3DConditionModel", "_diffusers_version": "0.19.3", "act_fn": "silu", "addition_embed_type": "text",
    "addition_embed_type_num_heads": 4, "attention_head_dim": [2, 2, 4],
    "block_out_channels": [32, 32, 64], "center_input_sample": False, "cross_attention_dim": 128,
    "down_block_types": ["DownBlock3D", "DownBlock3D", "CrossAttnDownBlock3D"], "downsample_padding": 1, "encoder_hid_dim": None,
    "flip_sin_to_cos": True, "freq_shift": 0, "in_channels": 8, "layers_per_block": 1, "mid_block_scale_factor": 1,
    "mid_block_type": "UNetMidBlock3DCrossAttn", "norm_eps": 1e-05, "norm_num_groups": 1, "out_channels": 8,
    "resnet_time_scale_shift": "scale_shift", "sample_size": 288, "transfromer_in_opt": False, "up_block_types": ["CrossAttnUpBlock3D", "UpBlock3D", "UpBlock3D"],
    "use_linear_projection": True,
}
"""Latent stage: 29 frames of 160x288 latents, an expert on timesteps 0-900.

One normalisation group, as in the autoencoder: 32 groups of 32 channels forget how bright and how colourful a picture is. Words scale
and shift every residual block (conditional normalisation, Dumoulin et al. 2017): by attention at the coarsest level alone, which is all that
the published latent stage has, a look had not reached the pixels after 1,200 steps.
"""

SOLVER = {
    "_class_name": "DPMSolverMultistepScheduler", "_diffusers_version": "0.19.3", "algorithm_type": "dpmsolver++",
    "beta_end": 0.02, "beta_schedule": "squaredcos_cap_v2", "beta_start": 0.0001, "dynamic_thresholding_ratio": 0.95,
    "lambda_min_clipped": -5.1, "lower_order_final": True, "num_train_timesteps": 1000, "prediction_type": "v_prediction",
    "sample_max_value": 1.0, "solver_order": 2, "solver_type": "midpoint", "thresholding": True, "timestep_spacing": "linspace",
    "trained_betas": None, "use_karras_sigmas": False, "variance_type": "fixed_small",
}
"""Scheduler of the pixel stages; a sample maximum of 1 makes the threshold a plain clip to [-1, 1]."""

LATENT_SOLVER = {**SOLVER, "prediction_type": "sample", "beta_schedule": "scaled_linear", "beta_start": 0.00085, "beta_end": 0.012, "thresholding": False, "lambda_min_clipped": None}
"""Scheduler of the latent stage. It predicts the sample itself: from little noise, v would have to be several times what a look changes."""

NOISE_LEVEL = 0
"""Timestep to which superResolution1's condition is noised."""

NOISIEST_LOOK = 40
"""Timestep from which a restyling of full strength begins."""
