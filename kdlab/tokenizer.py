"""Sentences to piece ids and back: two SentencePiece models, or one for both languages."""

import hashlib
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import sentencepiece

from kdlab import thai
from kdlab.errors import CheckpointError, CorpusError, RecipeError
from kdlab.fields import kinds
from kdlab.files import read_json, replacing, write_json
from kdlab.special_ids import IDS

RESERVED = "\u2585"  # ▅, with which SentencePiece marks the unknown
USUAL_BYTES = 4192  # of a line; SentencePiece's default


@dataclass(frozen=True)
class TokenizerConfig:
    """How pieces are learned.

    kind: "unigram" or "bpe"     source_size, target_size: pieces a side, special ones included
    joint: one model for both languages, of source_size pieces (target_size is then not used)
    at_most: where the text allows fewer pieces, take those instead of refusing
    """

    kind: str = "unigram"
    source_size: int = 1000
    target_size: int = 1000
    joint: bool = False
    at_most: bool = False

    def __post_init__(self) -> None:
        kinds(self)
        if self.kind not in ("unigram", "bpe"):
            raise RecipeError(f"kind is {self.kind!r}; expected 'unigram' or 'bpe'.")
        for name in ("source_size", "target_size"):
            if getattr(self, name) < 5:
                raise RecipeError(
                    f"{name} is {getattr(self, name)}; expected more than the 4 special pieces."
                )


class Tokenizer:
    """Encodes both sides of a corpus; trained once, on gold text, and inherited by every student.

    >>> lines = ["the cat sat on the mat", "a dog sat", "the dog ran", "a cat ran on"] * 4
    >>> tokenizer = Tokenizer.train(lines, lines, TokenizerConfig(source_size=20, target_size=20))
    >>> tokenizer.decode(tokenizer.encode_target(["the dog sat"])[0])
    'the dog sat'
    """

    def __init__(self, config: TokenizerConfig, source_model: bytes, target_model: bytes) -> None:
        """Wrap two serialised SentencePiece models (the same bytes twice if joint)."""
        self.config = config
        self._bytes = (source_model, target_model)
        self._source, self._target = _processor(source_model), _processor(target_model)

    def __repr__(self) -> str:
        """Its kind and sizes."""
        sizes = f"{self.source_size:,} and {self.target_size:,} pieces"
        return f"Tokenizer: {self.config.kind}, {sizes}"

    @classmethod
    def train(
        cls, source: Iterable[str], target: Iterable[str], config: TokenizerConfig
    ) -> "Tokenizer":
        """Learn pieces from gold text, of every line of it, however long.

        RecipeError if a size is more than the text allows. Of all characters ▅ alone is unknown
        to every tokenizer: SentencePiece keeps it for itself.
        """
        # Lists: what a signal or a bad line raises in the middle of an iterator, SentencePiece
        # would take for an error of its own.
        source, target = ([thai.normalise(line) for line in side] for side in (source, target))
        if config.joint:
            model = _learn([*source, *target], config, "source_size")
            return cls(config, model, model)
        return cls(
            config, _learn(source, config, "source_size"), _learn(target, config, "target_size")
        )

    @property
    def source_size(self) -> int:
        """V of the source side, special pieces included."""
        return self._source.vocab_size()

    @property
    def target_size(self) -> int:
        """V of the target side, special pieces included."""
        return self._target.vocab_size()

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits; equal for two tokenizers that give the same ids."""
        return hashlib.sha256(b"\0".join(self._bytes)).hexdigest()[:16]

    def encode_source(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each source sentence, ended by eos."""
        return [ids + [IDS.eos] for ids in self._source.encode(_normalised(lines))]

    def encode_target(self, lines: Sequence[str]) -> list[list[int]]:
        """Ids of each target sentence, ended by eos; a model's prefix puts bos before them."""
        return [ids + [IDS.eos] for ids in self._target.encode(_normalised(lines))]

    def decode(self, ids: Sequence[int]) -> str:
        """Target ids to text; stops at eos and skips padding and bos."""
        return self._target.decode(_text_ids(ids))

    def decode_source(self, ids: Sequence[int]) -> str:
        """Source ids to text."""
        return self._source.decode(_text_ids(ids))

    def source_pieces(self, line: str) -> list[str]:
        """The pieces of a source sentence as text; U+2581 marks a space before."""
        return self._source.encode(thai.normalise(line), out_type=str)

    def target_pieces(self, line: str) -> list[str]:
        """The pieces of a target sentence as text."""
        return self._target.encode(thai.normalise(line), out_type=str)

    def save(self, folder: Path) -> None:
        """Write source.model, target.model and tokenizer.json into a folder."""
        for side, content in zip(("source", "target"), self._bytes, strict=True):
            with replacing(Path(folder) / f"{side}.model") as path:
                path.write_bytes(content)
        about = {**asdict(self.config), "fingerprint": self.fingerprint}
        write_json(Path(folder) / "tokenizer.json", about)

    @classmethod
    def load(cls, folder: Path) -> "Tokenizer":
        """Read what `save` wrote. Raises CheckpointError if a file is missing or damaged."""
        try:
            about = read_json(Path(folder) / "tokenizer.json")
            fingerprint = about.pop("fingerprint", None)
            config = TokenizerConfig(**about)
            models = [
                (Path(folder) / f"{side}.model").read_bytes() for side in ("source", "target")
            ]
            tokenizer = cls(config, *models)
        except (OSError, ValueError, TypeError, AttributeError, RuntimeError) as error:
            raise CheckpointError(f"{folder} does not hold a whole tokenizer: {error}.") from error
        if fingerprint not in (None, tokenizer.fingerprint):  # some cut models can still be read
            raise CheckpointError(
                f"{folder} does not hold a whole tokenizer: its models are "
                f"{tokenizer.fingerprint}, tokenizer.json says {fingerprint}."
            )
        return tokenizer


def _processor(model: bytes) -> sentencepiece.SentencePieceProcessor:
    processor = sentencepiece.SentencePieceProcessor()
    processor.LoadFromSerializedProto(model)  # the constructor would take an empty file as it is
    return processor


def _normalised(lines: Sequence[str]) -> list[str]:
    if isinstance(lines, str):
        raise CorpusError(f"Got one string, {lines[:20]!r}; give a list of sentences: [text].")
    return [thai.normalise(line) for line in lines]


def _text_ids(ids: Sequence[int]) -> list[int]:
    ids = list(map(int, ids))
    end = ids.index(IDS.eos) if IDS.eos in ids else len(ids)
    return [i for i in ids[:end] if i not in (IDS.pad, IDS.bos)]


def skipped_by_default(lines: Iterable[str]) -> list[str]:
    """The lines that SentencePiece by itself would leave out without a word.

    >>> skipped_by_default(["a", "a" * 5000, "▅"]) == ["a" * 5000, "▅"]
    True
    """
    return [x for x in lines if RESERVED in x or len(x.encode()) > USUAL_BYTES]


def _learn(lines: Sequence[str], config: TokenizerConfig, option: str) -> bytes:
    """One SentencePiece model. Identity rule: kdlab.thai has normalised, keeping ำ whole."""
    model, size = io.BytesIO(), getattr(config, option)
    # Said only where it is needed, since a model's bytes hold its options.
    longest = max((len(line.encode()) for line in lines), default=0)
    room = {"max_sentence_length": longest} if longest > USUAL_BYTES else {}
    sentences = [line.replace(RESERVED, " ") for line in lines]
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sentences), model_writer=model, model_type=config.kind,
            vocab_size=size, hard_vocab_limit=not config.at_most,
            normalization_rule_name="identity", character_coverage=1.0,
            pad_id=IDS.pad, bos_id=IDS.bos, eos_id=IDS.eos, unk_id=IDS.unk,
            num_threads=1, minloglevel=2,  # one thread: the same text gives the same pieces
            **room,
        )  # fmt: skip
    except RuntimeError as error:
        raise RecipeError(
            f"{option} is {size}; this text allows {_allowed(str(error))}. Change the size or give "
            "more text."
        ) from error
    return model.getvalue()


def _allowed(refusal: str) -> str:
    """The size that SentencePiece's refusal names."""
    if most := re.search(r"value <= (\d+)", refusal):
        return f"at most {most[1]}"
    if least := re.search(r"required_chars\. \d+ vs (\d+)", refusal):
        return f"at least {least[1]}"
    return f"no such size ({refusal})"
