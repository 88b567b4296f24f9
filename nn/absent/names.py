"""The names of Keras that don't exist here, by their modules, with what to use instead."""

from __future__ import annotations

from functools import cache

from nn.built_in import is_built_in

__all__ = ["cure_of_method", "cures"]

_FLOATS = "Leave it out: everything is computed in float32"
_QUANTIZATION = "Leave it out: weights are float32, and there is no quantization"
_ONE_PROCESS = "Start several processes by mpiexec, or pass larger batches to one"
_FILES = "Read the files into arrays, or yield batches of them: nn.utils.PyDataset"
_WHERE = "Download it, and read it by np.load or pandas.read_csv"
_AUGMENT = (
    "Change the images in a PyDataset, with NumPy, PIL or scipy.ndimage: x[:, :, ::-1] flips them"
)
_TRACEBACKS = "Leave it out: tracebacks begin at your own line, and are whole"
_VERBOSE = "Pass verbose=0 to fit, evaluate and predict"
_FLASH = "Leave it out: it is made for graphics processors"
_TREE = "Use nn.tree.map_structure and flatten, or jax.tree and optree for more"
_OLD = "Use the optimizer of the same name in nn.optimizers"

# Each module has rows of names and the cure of all of them.
NAMES: dict[str, dict[str, str]] = {
    "": {
        "FloatDTypePolicy dtype_policies mixed_precision": _FLOATS,
        "Function": "Use nn.Model(inputs, outputs), or autodiff.jit for functions of arrays",
        "Operation": "Write a function of nn.ops and NumPy's, or a Layer",
        "Quantizer quantizers": _QUANTIZATION,
        "RematScope remat": "Use autodiff.checkpoint(f), which computes f again backwards",
        "StatelessScope SymbolicScope": "Use autodiff.jit, which records what a function does",
        "Variable": "Use self.add_weight(...) in a layer, or a plain array in a loop of your own",
        "applications": "Train a network of your own, or export the pretrained one's outputs as "
        "arrays with keras or torchvision, and train on them",
        "device": "Leave it out: everything runs on the processor",
        "distillation": "Write train_step in a subclass of Model: its loss takes both predictions",
        "export": "Use model.export(path), which writes ONNX",
        "legacy": "Use nn.saving",
        "name_scope": "Use autodiff.scope(name), or pass name= to the layers",
        "src": "Use the public modules: nn.layers, nn.models, nn.ops",
        "version": "Use nn.__version__",
        "visualization": "Use matplotlib: plt.imshow(image), and plt.Rectangle for boxes",
    },
    "callbacks": {
        "OrbaxCheckpoint": "Use ModelCheckpoint or BackupAndRestore",
        "ProgbarLogger": "Leave it out: fit shows its bar; verbose=0 hides it",
        "RemoteMonitor": "Send the logs yourself: LambdaCallback(on_epoch_end=...)",
        "TensorBoard": "Use CSVLogger, or nn.plotting to see the curves",
    },
    "config": {
        "disable_flash_attention enable_flash_attention is_flash_attention_enabled": _FLASH,
        "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled":
            _VERBOSE,
        "disable_traceback_filtering enable_traceback_filtering is_traceback_filtering_enabled":
            _TRACEBACKS,
        "enable_unsafe_deserialization": "Pass safe_mode=False to load_model",
        "is_nnx_enabled": "Leave it out: there is one backend, NumPy",
        "set_backend": "Leave it out: there is one backend, NumPy",
        "max_epochs set_max_epochs": "Pass epochs= to fit",
        "max_steps_per_epoch set_max_steps_per_epoch": "Pass steps_per_epoch= to fit",
    },
    "datasets": {
        "boston_housing": "Use sklearn.datasets.fetch_california_housing; the data of Boston have "
        "a column that should not be used",
        "california_housing": "Use sklearn.datasets.fetch_california_housing",
        "cifar10 cifar100 fashion_mnist imdb reuters": _WHERE,
    },
    "distribution": {
        "DeviceMesh LayoutMap ModelParallel TensorLayout distribute_tensor": "Use DataParallel(): "
        "each process has the whole model",
        "get_device_count list_devices": "Use DataParallel().size, the number of processes",
        "initialize": "Start the processes by mpiexec, and make a DataParallel()",
    },
    "initializers": {
        "STFT STFTInitializer stft": "Use nn.ops.stft on the data, or pass an array: Constant(x)",
    },
    "layers": {
        "AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization "
        "MaxNumBoundingBoxes MixUp RandAugment RandomBrightness RandomColorDegeneration "
        "RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing "
        "RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective "
        "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
        "RandomTranslation RandomZoom Solarization": _AUGMENT,
        "FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper": "Write the layer in NumPy: a subclass "
        "of Layer with call(inputs)",
        "MelSpectrogram STFTSpectrogram": "Use nn.ops.stft on the data, or in a Layer's call",
        "Pipeline": "Use nn.Sequential, or a function over the arrays before fit",
        "TextVectorization": "Split the texts, text.lower().split(), then use StringLookup and "
        "nn.utils.pad_sequences",
    },
    "ops": {
        "istft": "Use autodiff.scipy.signal.istft",
        "rearrange": "Use ops.reshape and ops.transpose, or einops on arrays",
        "view": "Use the method of arrays: x.view(dtype)",
    },
    "ops.image": {
        "affine_transform elastic_transform extract_patches_3d gaussian_blur hsv_to_rgb "
        "map_coordinates perspective_transform rgb_to_hsv scale_and_translate sobel_edges ssim":
            "Use scipy.ndimage, whose functions have slopes in autodiff.scipy.ndimage; colors and "
            "similarity are in scikit-image",
    },
    "ops.numpy": {"view": "Use the method of arrays: x.view(dtype)"},
    "optimizers": {
        "LossScaleOptimizer": "Use the inner optimizer alone: scaling keeps small slopes of "
        "float16 above 0, which float32 doesn't need; TerminateOnNaN stops at NaN",
        "MultiOptimizer OptimizerMap": "Write train_step: apply each optimizer to its weights",
        "legacy": _OLD,
    },
    "preprocessing": {
        "image": "Use PIL and NumPy for images",
        "image_dataset_from_directory text_dataset_from_directory": _FILES,
    },
    "saving": {"KerasFileEditor": "Use h5py or zipfile on the file"},
    "tree": {
        "MAP_TO_NONE assert_same_paths assert_same_structure flatten_with_path lists_to_tuples "
        "map_shape_structure map_structure_up_to traverse": _TREE,
    },
    "utils": {
        "Config": "Use a dictionary or a dataclass",
        "FeatureSpace": "Use nn.layers.StringLookup, Normalization and the other layers that adapt",
        "Progbar": "Use tqdm; fit shows its own bar",
        "array_to_img": "Use PIL: Image.fromarray(x)",
        "audio_dataset_from_directory image_dataset_from_directory text_dataset_from_directory":
            _FILES,
        "bounding_boxes": "Use torchvision.ops, or NumPy on the corners of boxes",
        "disable_interactive_logging enable_interactive_logging is_interactive_logging_enabled":
            _VERBOSE,
        "get_file": "Use urllib.request.urlretrieve(url, path), or pooch",
        "img_to_array": "Use NumPy: np.asarray(image, np.float32)",
        "legacy": "Use nn.saving",
        "load_img": "Use PIL: Image.open(path)",
        "save_img": "Use PIL: Image.fromarray(x).save(path)",
        "split_dataset": "Use slices, x[:800] and x[800:], or train_test_split of scikit-learn",
    },
}  # fmt: skip

# Names of Keras before version 3, which tutorials still have.
OLDER: dict[str, dict[str, str]] = {
    "": {"engine": "Use nn.layers and nn.models", "estimator": "Use nn.Model"},
    "backend": {
        "abs all any arange argmax argmin binary_crossentropy cast categorical_crossentropy clip "
        "concatenate cos cumprod cumsum dot elu equal exp expand_dims eye greater greater_equal "
        "in_top_k less less_equal log max maximum mean min minimum ndim not_equal one_hot ones "
        "ones_like prod relu repeat reshape round shape sigmoid sign sin softmax softplus "
        "sparse_categorical_crossentropy sqrt square squeeze stack std stop_gradient sum switch "
        "tanh tile transpose var zeros zeros_like": "Use the function of the same name in nn.ops",
        "batch_flatten flatten": "Use a Flatten layer, or ops.reshape",
        "function": "Use nn.Model(inputs, outputs)",
        "gather": "Use ops.take",
        "get_value": "Use ops.convert_to_numpy",
        "gradients": "Use autodiff.grad, or model.loss_and_gradients",
        "int_shape": "Use x.shape",
        "permute_dimensions": "Use ops.transpose",
        "pow": "Use ops.power",
        "random_normal random_uniform": "Use nn.random.normal and uniform",
        "reverse": "Use ops.flip",
        "set_value update": "Use weight.assign(value)",
    },
    "layers": {
        "CuDNNGRU CuDNNLSTM": "Use GRU and LSTM",
        "convolutional core experimental merge":
            "Import the layers themselves: from nn.layers import Dense",
    },
    "optimizers": {"experimental": _OLD},
    "preprocessing": {
        "text": "Split the texts, text.lower().split(), then use nn.layers.StringLookup",
    },
    "utils": {
        "generic_utils np_utils": "Import the functions: from nn.utils import to_categorical",
        "multi_gpu_model": _ONE_PROCESS,
    },
}  # fmt: skip


# Methods and attributes, by the classes that Keras has them in.
METHODS: dict[str, dict[str, str]] = {
    "Layer": {
        "add_metric": "Keep a metric in an attribute, and call its update_state in train_step",
        "add_variable": "Use add_weight",
        "autocast dtype_policy input_dtype": _FLOATS,
        "call_signature_parameters": "Use inspect.signature(layer.call).parameters",
        "enable_lora lora_alpha lora_enabled lora_rank": "Freeze the layer, and add the outputs of "
        "two small Dense layers to its own: there is no low-rank adaptation",
        "metrics metrics_variables": "Use model.metrics, and metric.variables of each",
        "path": "Use layer.name; weights have paths",
        "quantization_config quantization_mode quantize quantized_build quantized_call":
            _QUANTIZATION,
        "supports_jit": "Leave it out: model.fit warns where it can't record a layer",
        "variable_serialization_spec": "Use save_own_variables",
        "rematerialized_call": "Use autodiff.checkpoint(f), which computes f again backwards",
        "stateless_call": "Call the layer: autodiff.jit records what it does",
        "symbolic_call": "Call the layer on Symbols, as nn.Input returns",
        "eval train": "Pass training=False or True in the call",
        "input_shape output_shape": "Use layer.input.shape and layer.output.shape",
        "parameters torch_params": "Use trainable_variables",
        "state_dict": "Use get_weights",
        "to": "Leave it out: everything runs on the processor",
        "zero_grad": "Leave it out: loss, slopes = self.loss_and_gradients(function) returns new "
        "slopes, and needs no backward()",
    },
    "Model": {
        "evaluate_generator fit_generator predict_generator":
            "Use evaluate, fit and predict, which take generators",
        "get_quantization_layer_structure": _QUANTIZATION,
        "get_state_tree set_state_tree": "Use get_weights and set_weights, or save_weights",
        "predict_classes": "Use model.predict(x).argmax(axis=-1), or predict(x) > 0.5 of a sigmoid",
        "predict_proba": "Use predict",
        "make_predict_function make_test_function make_train_function predict_function "
        "test_function train_function": "Define train_step, test_step or predict_step",
        "steps_per_execution": "Leave it out: the loop costs little beside a recorded step",
        "stateless_compute_loss": "Use compute_loss",
    },
    "Metric": {
        "stateless_reset_state stateless_result stateless_update_state":
            "Use reset_state, result and update_state: autodiff.jit records what they do",
    },
    "Optimizer": {
        "add_optimizer_variables add_variable add_variable_from_reference update_step":
            "Define update(self, parameters, gradients, rate), as nn.optimizers.SGD does",
        "assign assign_add assign_sub": "Use NumPy's in-place operators on the arrays",
        "load_own_variables set_weights": "Use set_state",
        "save_own_variables variables": "Use get_state",
        "built": "Leave it out: the first update makes the state, or build(variables)",
        "stateless_apply": "Use apply: autodiff.jit records what it does",
    },
}  # fmt: skip


def cure_of_method(owner: type, name: str) -> tuple[str, str] | None:
    """Return the class that Keras has a method in, and what to use instead, or None."""
    for cls in owner.__mro__:
        for names, cure in METHODS.get(cls.__name__, {}).items():
            if is_built_in(cls) and name in names.split():
                return cls.__name__, cure
    return None


@cache
def cures() -> dict[str, str]:
    """Return the cures by module and name: ``{"layers.RandomFlip": "Change the images …"}``."""
    found: dict[str, str] = {}
    for module, rows in [*OLDER.items(), *NAMES.items()]:
        for names, cure in rows.items():
            found |= {f"{module}.{name}".strip("."): cure for name in names.split()}
    return found
