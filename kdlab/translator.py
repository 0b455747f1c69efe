"""A model with its tokenizer: text in, text out."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor, nn

from kdlab.batching import Encoded
from kdlab.decoding import decode
from kdlab.errors import RecipeError
from kdlab.models.protocol import parameter_count
from kdlab.models.teacher_forced import completed
from kdlab.search import LengthRule, raw_sum
from kdlab.tokenizer import Tokenizer

OF_TOKENIZERS = ("encode_source", "encode_target", "decode", "target_size")


@dataclass(frozen=True, eq=False)
class Translator:
    """What a student or a teacher is once it is trained (or exact), or was brought along.

    model: a `Seq2Seq`, or any network whose forward(source, source_mask, prefix) gives logits
    tokenizer: whose pieces those are: what a corpus carries
    Raises RecipeError if the model or the tokenizer is something else.

    >>> translator.translate(["เคยลองทำแล้วครับ"], beam=5)     # doctest: +SKIP
    ['We have tried it before .']
    """

    model: nn.Module
    tokenizer: Tokenizer
    name: str
    # What made the model, where its weights do not tell: the grammar behind an exact teacher.
    origin: str = field(default="", kw_only=True)
    # How many parameters there are, where the model does not tell: of packed weights.
    counted: int | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        if missing := [name for name in OF_TOKENIZERS if not hasattr(self.tokenizer, name)]:
            raise RecipeError(
                f"tokenizer is a {type(self.tokenizer).__name__}, which has no {missing[0]}; "
                "expected a kdlab Tokenizer, such as corpus.tokenizer."
            )
        object.__setattr__(self, "model", completed(self.model, self.tokenizer.target_size))

    def __repr__(self) -> str:
        """Its name, kind of model, size and pieces."""
        size = f"{type(self.model).__name__}, {self.params:,} parameters"
        return f"{type(self).__name__} {self.name!r}: {size}\n  {self.tokenizer}"

    @property
    def key(self) -> str:
        """16 hexadecimal digits that name this very model, weights and pieces as they are now."""
        digest = hashlib.sha256(f"{self.name} {self.tokenizer.fingerprint} {self.origin}".encode())
        for name, tensor in sorted(self.model.state_dict().items()):
            if isinstance(tensor, Tensor):  # an int8 model holds packed weights too: see `origin`
                digest.update(name.encode() + tensor.cpu().numpy().tobytes())
        return digest.hexdigest()[:16]

    @property
    def params(self) -> int:
        """Trainable parameters; of a compressed model those of the one it was made from."""
        return parameter_count(self.model) if self.counted is None else self.counted

    def translate(self, lines: Sequence[str], beam: int = 1) -> list[str]:
        """The best hypothesis for each line; beam=1 is greedy search, no length rule.

        A line without a visible character is answered with an empty one, in `nbest` too.
        """
        return [best_text(best) for best in self.nbest(lines, beam)]

    def nbest(
        self, lines: Sequence[str], beam: int = 5, rule: LengthRule = raw_sum
    ) -> list[list[tuple[str, float]]]:
        """Up to `beam` (text, log p(y given x) in nats) for each line, best first."""
        found = decode(self.model, self.tokenizer.encode_source(lines), beam, rule=rule)
        return [[(self.tokenizer.decode(h.ids), h.log_prob) for h in best] for best in found]

    def encode(self, source: Sequence[str], target: Sequence[str]) -> Encoded:
        """Sentence pairs as this model's piece ids."""
        return Encoded(self.tokenizer.encode_source(source), self.tokenizer.encode_target(target))


def best_text(nbest: Sequence[tuple[str, float]]) -> str:
    """The likeliest text of a list, best first; "" where the model says nothing."""
    return nbest[0][0] if nbest else ""
