"""Networks, and the grammar in a network's place, behind one protocol."""

from kdlab.models.build import build
from kdlab.models.ensemble import Ensemble
from kdlab.models.exact import ExactModel
from kdlab.models.knn_mt import KnnMT
from kdlab.models.protocol import Seq2Seq, Trace, parameter_count
from kdlab.models.rnn import RNN, RNNConfig
from kdlab.models.teacher_forced import TeacherForced
from kdlab.models.transformer import Transformer, TransformerConfig

__all__ = [
    "RNN", "Ensemble", "ExactModel", "KnnMT", "RNNConfig", "Seq2Seq", "TeacherForced", "Trace",
    "Transformer", "TransformerConfig", "build", "parameter_count",
]  # fmt: skip
