"""What a layer with weights was given: dtype, device and scale. Measured by the probes."""

from __future__ import annotations

from torchcheck.facts.place import Place
from torchcheck.records import frozen


@frozen
class TensorInfo:
    """A tensor without its values.

    Attributes:
        name: what it is to the layer: `input`, `weight`, `target`.
        dtype: as in `float32`.
        device: as in `cuda:0`.
        shape: its sizes.
    """

    name: str
    dtype: str
    device: str
    shape: tuple[int, ...]


@frozen
class Moments:
    """The scale of data, in the units of the data. Over several batches: extremes, counts, and medians of the scales.

    Attributes:
        low, high: smallest and largest finite value.
        rms: root mean square over the elements that are not zero, so that one-hot and sparse inputs count as 1.
        feature_rms: the same for each feature (the channel axis of convolutions, else the last axis), at most 1024 of
            them; features that are all zero are left out.
        features: how many numbers describe one sample (3072 for a 32x32 colour image).
        whole: every value is a whole number.
        infinite, nan: how many elements are so.
    """

    low: float
    high: float
    rms: float
    feature_rms: tuple[float, ...]
    features: int
    whole: bool
    infinite: int
    nan: int


@frozen(kw_only=True)
class LayerFed:
    """A layer with weights and the data that reached it.

    The probes give one for each first layer of a model on a sampled training step: a layer whose input comes from
    outside the model, untouched by any parameter. A model that normalises or embeds its input first has none.

    Attributes:
        module: dotted path of the layer in its model.
        kind: class name of the layer, `Linear`.
        input: what it got.
        weight: its weight; None if it has none.
        output_dtype: dtype of what it returned; None where that is no tensor.
        trainable: some weight of it is trained.
        moments: scale of the input over the sampled batches so far.
        batches: how many batches stand behind `moments`.
        data_vary: something that a model was given in the training is not the same number throughout.
        next_kind: class name of the module called after it, leaving out those that keep a scale as it is or that
            commute with it (dropout, flatten, pooling, ReLU); None when nothing was.
        autocast: dtype that autocast would compute in, as in `float16`; None outside autocast.
        parameter_dtypes: dtype of every floating parameter of the model, counted: `{"float32": 12, "float64": 1}`.
        odd_parameter: name of a parameter that is the odd one out between float32 and float64, and that belongs to
            the user's own module (a layer of torch in another dtype would have raised, so somebody casts around it);
            None when all agree.
        place: the call in the user's source.
        step: optimizer steps done.
    """

    module: str
    kind: str
    input: TensorInfo
    weight: TensorInfo | None
    output_dtype: str | None
    trainable: bool
    moments: Moments
    batches: int
    data_vary: bool
    next_kind: str | None
    autocast: str | None
    parameter_dtypes: dict[str, int]
    odd_parameter: str | None
    place: Place
    step: int
