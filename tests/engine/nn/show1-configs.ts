/** `unet/config.json` of Show-1's four stages, and small ones with the same structure. */
const pixel = {
  act_fn: 'gelu', addition_embed_type: 'text', addition_embed_type_num_heads: 64, attention_head_dim: 64, class_embed_type: null, cross_attention_norm: 'group_norm',
  encoder_hid_dim: 4096, encoder_hid_dim_type: 'text_proj', flip_sin_to_cos: true, freq_shift: 0, in_channels: 3, mid_block_scale_factor: 1,
  mid_block_type: 'UNetMidBlock3DSimpleCrossAttn', norm_eps: 1e-5, norm_num_groups: 32, out_channels: 6, resnet_out_scale_factor: 1, resnet_skip_time_act: false,
  resnet_time_scale_shift: 'scale_shift', time_embedding_act_fn: null, time_embedding_dim: null, transfromer_in_opt: false, use_linear_projection: false,
};

export const KEYFRAMES = {
  ...pixel, block_out_channels: [320, 640, 960, 1280], layers_per_block: 3, cross_attention_dim: 1280,
  down_block_types: ['ResnetDownsampleBlock3D', 'SimpleCrossAttnDownBlock3D', 'SimpleCrossAttnDownBlock3D', 'SimpleCrossAttnDownBlock3D'],
  up_block_types: ['SimpleCrossAttnUpBlock3D', 'SimpleCrossAttnUpBlock3D', 'SimpleCrossAttnUpBlock3D', 'ResnetUpsampleBlock3D'],
};

export const INTERPOLATION = { ...KEYFRAMES, in_channels: 7 };

export const SUPER_RESOLUTION_1 = {
  ...pixel, block_out_channels: [128, 256, 512, 768, 768], layers_per_block: [2, 2, 3, 4, 2], cross_attention_dim: 768, in_channels: 6, class_embed_type: 'timestep',
  resnet_out_scale_factor: 1.41422712, mid_block_scale_factor: 1.41422712, resnet_skip_time_act: true, time_embedding_act_fn: 'gelu', time_embedding_dim: 768,
  down_block_types: ['ResnetDownsampleBlock3D', 'ResnetDownsampleBlock3D', 'ResnetDownsampleBlock3D', 'SimpleCrossAttnDownBlock3D', 'SimpleCrossAttnDownBlock3D'],
  up_block_types: ['SimpleCrossAttnUpBlock3D', 'SimpleCrossAttnUpBlock3D', 'ResnetUpsampleBlock3D', 'ResnetUpsampleBlock3D', 'ResnetUpsampleBlock3D'],
};

/** Nothing but what differs from the defaults. */
export const SUPER_RESOLUTION_2 = { _class_name: 'UNet3DConditionModel', in_channels: 4, out_channels: 4 };

export const SMALL_PIXEL = {
  ...pixel, addition_embed_type_num_heads: 2, attention_head_dim: 16, encoder_hid_dim: 12, cross_attention_dim: 32, norm_num_groups: 8,
  block_out_channels: [32, 64], layers_per_block: 1,
  down_block_types: ['ResnetDownsampleBlock3D', 'SimpleCrossAttnDownBlock3D'], up_block_types: ['SimpleCrossAttnUpBlock3D', 'ResnetUpsampleBlock3D'],
};

export const SMALL_LATENT = {
  in_channels: 4, out_channels: 4, block_out_channels: [32, 64], layers_per_block: 1, attention_head_dim: [2, 4], cross_attention_dim: 12, norm_num_groups: 8, transfromer_in_opt: false,
  down_block_types: ['CrossAttnDownBlock3D', 'DownBlock3D'], up_block_types: ['UpBlock3D', 'CrossAttnUpBlock3D'],
};
