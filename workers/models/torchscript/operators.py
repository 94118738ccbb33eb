"""The operators that TorchScript code may name. Everything else is refused before the archive is loaded.

Every ATen operator here is a pure function of its arguments, or writes into a tensor that it was given. In-place
twins (``relu_``) and ``out=`` forms count with their base. Operators that touch files, processes, the network, raw
memory or other devices are absent; the worst of them are listed in `DANGEROUS`, for a clearer message.
"""

import torch

from openapi.problems import ModelUnsafe, TremorError, UnsupportedOperator

ATEN_NAMES = """
    lift lift_fresh lift_fresh_copy
    Bool Complex Float FloatImplicit Int IntImplicit ScalarImplicit __and__ __contains__ __derive_index __getitem__
    __is__ __isnot__ __lshift__ __not__ __or__ __range_length __round_to_zero_floordiv __rshift__ __xor__ _assert
    _convolution _native_multi_head_attention _pack_padded_sequence _set_item _softmax _log_softmax
    _transformer_encoder_layer_fwd _unsafe_view _upsample_bicubic2d_aa _upsample_bilinear2d_aa abs absolute acos
    adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d adaptive_max_pool1d adaptive_max_pool2d
    adaptive_max_pool3d add addbmm addcdiv addcmul addmm addmv addr affine_grid_generator alias all alpha_dropout
    amax amin aminmax any append arange argmax argmin argsort as_tensor asin atan atan2 avg_pool1d avg_pool2d
    avg_pool3d baddbmm batch_norm bernoulli bitwise_and bitwise_left_shift bitwise_not bitwise_or
    bitwise_right_shift bitwise_xor bmm broadcast_tensors broadcast_to bucketize capitalize cat cdist ceil celu
    channel_shuffle chunk clamp clamp_max clamp_min clear clip clone concat concatenate constant_pad_nd contiguous
    conv1d conv2d conv3d conv_transpose1d conv_transpose2d conv_transpose3d convolution copy copy_ cos cosh
    cosine_similarity count cpu cross cross_entropy_loss cummax
    cummin cumprod cumsum deg2rad degrees dequantize detach device diag diag_embed diagonal diff dim div divide dot
    dropout dropout_ einsum element_size elu embedding empty empty_like endswith eq equal erf erfc exp exp2 expand
    expand_as expm1 extend eye feature_alpha_dropout feature_dropout fill find flatten flip fliplr flipud
    float_power floor floor_divide floordiv fmod format frac frobenius_norm full full_like gather gcd ge gelu
    get_device glu grid_sampler grid_sampler_2d group_norm gt hardshrink hardsigmoid hardswish hardtanh heaviside
    hstack im2col col2im index index_add index_copy index_fill index_put index_select inner insert instance_norm
    is_autocast_cache_enabled is_autocast_enabled is_autocast_cpu_enabled is_complex is_contiguous is_floating_point
    is_grad_enabled is_inference isclose isfinite isinf isnan item items join keys kthvalue l1_loss layer_norm ldexp
    le leaky_relu len lerp linalg_norm linalg_vector_norm linear linspace list log log10 log1p log2 log_sigmoid
    log_softmax logaddexp logical_and logical_not logical_or logical_xor logit logsumexp lower lstrip lt masked_fill
    masked_scatter masked_select mathremainder matmul max max_pool1d max_pool2d max_pool2d_with_indices max_pool3d
    maximum mean median meshgrid min minimum mish mm mode moveaxis movedim mse_loss mul multiply mv nan_to_num
    narrow native_batch_norm native_group_norm native_layer_norm ne neg negative new_empty new_full new_ones
    new_zeros nll_loss nonzero norm normal normalize_ not_equal numel one_hot ones ones_like outer pad
    pairwise_distance permute pixel_shuffle pixel_unshuffle pop popitem positive pow prelu prod quantile rad2deg
    rand rand_like randint randn randn_like randperm range ravel real reciprocal reflection_pad1d reflection_pad2d
    reflection_pad3d relu relu6 remainder remove repeat repeat_interleave replace replication_pad1d
    replication_pad2d replication_pad3d requires_grad_ reshape reshape_as result_type reverse rms_norm roll rot90
    round rrelu rsqrt rstrip rsub scalar_tensor scaled_dot_product_attention scatter scatter_add scatter_reduce
    searchsorted select select_scatter selu sgn sigmoid sign silu sin sinh size slice slice_scatter softmax softmin
    softplus softshrink softsign sort sorted split split_with_sizes splitlines sqrt square squeeze stack startswith
    std std_mean stft str stride strip sub subtract sum sum_to_size swapaxes swapdims sym_size t take take_along_dim
    tan tanh tanhshrink tensor tensor_split tensordot threshold tile title to topk trace transpose tril triu
    true_divide trunc type_as unbind uniform unflatten unfold unsafe_chunk unsafe_split unsqueeze update upper
    upsample_bicubic2d upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d
    upsample_trilinear3d upsample_nearest3d _upsample_nearest_exact1d _upsample_nearest_exact2d
    _upsample_nearest_exact3d _upsample_lanczos2d_aa _convolution_mode values var var_mean vdot view view_as vstack
    warn where zero zeros zeros_like float int bool half double long _cast_Float _cast_Half _shape_as_tensor
    _weight_norm _weight_norm_interface _batch_norm_impl_index _adaptive_avg_pool2d quantize_per_tensor
    quantize_per_channel fake_quantize_per_tensor_affine fake_quantize_per_channel_affine q_scale q_zero_point
    _native_batch_norm_legit_no_training
    int_repr is_nested degrees isdigit isalpha _to_copy fix is_nonzero equal lstm gru rnn_tanh
    rnn_relu lstm_cell gru_cell rnn_tanh_cell rnn_relu_cell
"""
ATEN = frozenset(ATEN_NAMES.split())

PRIM_NAMES = """
    AddedFail CallFunction CallMethod Constant CreateObject DictConstruct Enter EnumName EnumValue Exit GetAttr If
    ListConstruct ListUnpack Loop NumToTensor Print RaiseException SetAttr TupleConstruct TupleIndex TupleSlice
    TupleUnpack Uninitialized abs data device dtype grad index is_cpu is_cuda is_meta is_mkldnn is_mps is_nested
    is_quantized is_sparse is_vulkan is_xla isinstance itemsize layout max min name ndim rangelist requires_grad shape
    tolist type unchecked_cast unchecked_unwrap_optional
"""
PRIM = frozenset(PRIM_NAMES.split())

#: Whole namespaces of quantised and mobile kernels: pure functions too.
NAMESPACES = frozenset({"quantized", "quantized_decomposed", "prepacked", "_quantized"})

#: Names for which the message says what is wrong with them.
DANGEROUS_NAMES = """
    save from_file load from_buffer frombuffer set_ set_data as_strided as_strided_ resize_ resize_as_ data_ptr
    _cuda_getCurrentRawStream system open rpc_async rpc_sync rpc_remote fork wait awaitable _awaitable manual_seed
    seed set_source_Storage set_flush_denormal get_num_threads set_num_threads profiler _record_function_enter
"""
DANGEROUS = frozenset(DANGEROUS_NAMES.split())

_OUTSIDE = frozenset(
    {"c10d", "_c10d_functional", "dist_c10d", "rpc", "cuda", "profiler", "symm_mem", "inductor", "debug"}
)

#: Classes implemented in C++ that an archive may hold.
CPP_CLASSES = (
    "__torch__.torch.classes.xnnpack.",
    "__torch__.torch.classes.quantized.",
)

#: Their methods; none is an operator's name.
CPP_METHODS = frozenset({"unpack", "padding", "dilation", "groups", "output_padding"})


#: Names of text arguments that say how an operator computes (``norm="ortho"``), or that a function of text works on.
TEXT_ARGUMENTS = """
    UPLO approximate driver equation indexing interpolation mode norm ord p pad_mode padding padding_side reduce
    rounding_mode side
    a b chars el fillchar new old s self separator string substr values
"""
_TEXT = frozenset(TEXT_ARGUMENTS.split())


def is_arithmetic(name: str) -> bool:
    """Whether an ATen operator that is not on the list is at least a public function of tensors, numbers and text.

    It takes no name of a file or device, no storage and no stream, so that code that is never run may name it.
    """
    packet = getattr(torch.ops.aten, name, None)
    if packet is None or name.startswith("_") or name in DANGEROUS:
        return False
    return all(_harmless(a.name, str(a.type)) for o in packet.overloads() for a in getattr(packet, o)._schema.arguments)


def _harmless(name: str, kind: str) -> bool:
    """Whether an argument reaches nothing but the numbers; a generator that may be left out is torch's own."""
    if "str" in kind:
        return name in _TEXT
    return kind == "Optional[Generator]" or not any(word in kind for word in ("Storage", "Stream", "Generator", "Any"))


def check(namespace: str, name: str, where: str) -> None:
    """Raise `ModelUnsafe` or `UnsupportedOperator`, naming operator and entry, unless the operator is allowed."""
    if namespace == "aten":
        base = name[:-1] if name.endswith("_") and not name.endswith("__") else name
        allowed = (name in ATEN or base in ATEN) and name not in DANGEROUS
    elif namespace == "prim":
        allowed = name in PRIM
    else:
        allowed = namespace in NAMESPACES
    if allowed:
        return
    operator = f"{namespace}::{name}"
    unsafe = name in DANGEROUS or namespace in _OUTSIDE
    kind: type[TremorError] = ModelUnsafe if unsafe else UnsupportedOperator
    raise kind(
        f"{where} names the operator {operator}, which is not among those that a model may use",
        operator=operator,
        entry=where,
    )
