"""A Marian translator from Hugging Face as a teacher: its sentences, and its distributions.

The extra `kdlab[hf]`. It translates any corpus of its languages, so it teaches by sequence level at
once. A loss that reads its distributions compares piece by piece, so student and teacher must have
the same: `corpus.with_tokenizer(teacher.tokenizer)`.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from kdlab.errors import CheckpointError, RecipeError
from kdlab.models.protocol import Trace, sayable
from kdlab.models.teacher_forced import Prefix
from kdlab.special_ids import IDS
from kdlab.tokenizer import Tokenizer, TokenizerConfig
from kdlab.translator import Translator

SPECIAL = {IDS.pad: "<pad>", IDS.bos: "<s>", IDS.eos: "</s>", IDS.unk: "<unk>"}
FILES = ("source.spm", "target.spm", "vocab.json")


def load_marian(name: str | Path) -> Translator:
    """A checkpoint by its name on the hub, "Helsinki-NLP/opus-mt-th-en", or by its folder.

    Raises RecipeError if transformers is not installed, or if the model translates into several
    languages and would have to be told which; CheckpointError for what is no Marian checkpoint.
    """
    try:
        import sentencepiece.sentencepiece_model_pb2  # noqa: F401 - needs protobuf
        from transformers import AutoConfig, MarianMTModel
    except ImportError as error:
        raise RecipeError(
            f"A Marian teacher needs {error.name}, which is not installed: pip install 'kdlab[hf]'."
        ) from error
    try:
        config = AutoConfig.from_pretrained(name)
        if config.model_type != "marian":
            raise ValueError(f"it is a {config.model_type}")
        network = MarianMTModel.from_pretrained(name).eval()
        source, target, words = _files(name)
    except (OSError, ValueError) as error:
        raise CheckpointError(
            f"{name} is no Marian checkpoint that can be read, with {', '.join(FILES)}: "
            f"{str(error).splitlines()[0]}. A translator of another kind teaches by "
            "kd.distill.sequence_level(function, corpus)."
        ) from error
    if codes := [word for word in words if word.startswith(">>") and word.endswith("<<")]:
        raise RecipeError(
            f"{name} translates into {len(codes)} languages and wants to be told which, such as "
            f"{codes[0]}; use a model of one, or kd.distill.sequence_level(function, corpus)."
        )
    pieces = _tokenizer(source, target)
    sides = [[word for word, _ in _listed(side)] for side in (source, target)]
    return Translator(MarianModel(network, words, *sides), pieces, Path(name).name)


class MarianModel(nn.Module):
    """See `Seq2Seq`; a step reads the whole prefix again, the source only once.

    network: MarianMTModel     words: its {piece: id}     source, target: each side's pieces, in the
    order of kdlab's ids. Its vocabulary holds both languages: only the target's are said.
    """

    def __init__(
        self, network: nn.Module, words: Mapping[str, int], source: Sequence[str],
        target: Sequence[str],
    ) -> None:  # fmt: skip
        super().__init__()
        self.network, self.target_size = network, len(target)
        config, unknown = network.config, words["<unk>"]
        special = {
            IDS.pad: config.pad_token_id, IDS.bos: config.decoder_start_token_id,
            IDS.eos: config.eos_token_id, IDS.unk: unknown,
        }  # fmt: skip
        ids = [
            [special.get(k, words.get(word, unknown)) for k, word in enumerate(side)]
            for side in (source, target)
        ]
        silent = [
            k in (IDS.pad, IDS.bos) or (k not in special and word not in words)
            for k, word in enumerate(target)
        ]
        self.register_buffer("source_ids", torch.tensor(ids[0]))  # [V of the source]
        self.register_buffer("target_ids", torch.tensor(ids[1]))  # [V]
        self.register_buffer("silent", torch.tensor(silent))  # [V]
        self.train(network.training)  # or its dropout would come on with ours

    def forward(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Tensor:
        """See `Seq2Seq.__call__`; -inf for what it never says."""
        state = self.start(source, source_mask)
        return self._logits(Prefix(state.source, state.mask, prefix))

    def trace(self, source: Tensor, source_mask: Tensor, prefix: Tensor) -> Trace:
        """See `Seq2Seq.trace`; logits only."""
        return Trace(self(source, source_mask, prefix))

    def start(self, source: Tensor, source_mask: Tensor) -> Prefix:
        """See `Seq2Seq.start`; in the source's place stands its memory, [B, S, H]."""
        encoder = self.network.get_encoder()
        memory = encoder(input_ids=self.source_ids[source], attention_mask=source_mask.long())
        return Prefix(memory.last_hidden_state, source_mask, source[:, :0])

    def step(self, tokens: Tensor, state: Prefix) -> tuple[Tensor, Prefix]:
        """See `Seq2Seq.step`."""
        state = state.then(tokens)
        return sayable(self._logits(state)[:, -1]), state

    def _logits(self, state: Prefix) -> Tensor:
        """[B, T, V] after each place of the prefix."""
        found = self.network(
            encoder_outputs=(state.source,), attention_mask=state.mask.long(),
            decoder_input_ids=self.target_ids[state.said], use_cache=False,
        )  # fmt: skip
        chosen = found.logits[..., self.target_ids]  # [B, T, V]
        return chosen.masked_fill(self.silent, float("-inf"))


def _files(name: str | Path) -> tuple[bytes, bytes, dict[str, int]]:
    """The two SentencePiece models, and {piece: id}."""
    from transformers.utils import cached_file

    source, target, words = (Path(cached_file(str(name), file)) for file in FILES)
    return source.read_bytes(), target.read_bytes(), json.loads(words.read_text(encoding="utf-8"))


def _tokenizer(source: bytes, target: bytes) -> Tokenizer:
    sizes = len(_listed(source)), len(_listed(target))
    config = TokenizerConfig(source_size=sizes[0], target_size=sizes[1])
    return Tokenizer(config, _in_our_order(source), _in_our_order(target))


def _listed(model: bytes) -> list[tuple[str, object]]:
    """(text, piece) in the order of kdlab's ids: the four special ones, then the model's own."""
    from sentencepiece.sentencepiece_model_pb2 import ModelProto

    kind, proto = ModelProto.SentencePiece, ModelProto.FromString(model)
    special = [
        kind(piece=SPECIAL[k], type=kind.UNKNOWN if k == IDS.unk else kind.CONTROL)
        for k in sorted(SPECIAL)
    ]
    own = [piece for piece in proto.pieces if piece.type not in (kind.UNKNOWN, kind.CONTROL)]
    return [(piece.piece, piece) for piece in [*special, *own]]


def _in_our_order(model: bytes) -> bytes:
    """The same SentencePiece model under kdlab's ids: it cuts a text as it did."""
    from sentencepiece.sentencepiece_model_pb2 import ModelProto

    listed, proto = _listed(model), ModelProto.FromString(model)
    del proto.pieces[:]
    proto.pieces.extend(piece for _, piece in listed)
    about = proto.trainer_spec
    about.pad_id, about.bos_id, about.eos_id, about.unk_id = IDS.pad, IDS.bos, IDS.eos, IDS.unk
    about.pad_piece, about.bos_piece = SPECIAL[IDS.pad], SPECIAL[IDS.bos]
    about.eos_piece, about.unk_piece = SPECIAL[IDS.eos], SPECIAL[IDS.unk]
    about.vocab_size = len(listed)
    return proto.SerializeToString(deterministic=True)
