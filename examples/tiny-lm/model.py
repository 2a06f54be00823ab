"""A small neural language model in plain Python: which character follows the few before it?

Each character of the context picks a row of a table, the rows are summed and squashed (tanh), and a
softmax over the alphabet says how likely each character is next. Gradients are written by hand.
"""
import math
from operator import mul


class Model:
    """All parameters are rows of floats: ``parameters[name][row]``."""

    def __init__(self, letters, context, hidden, rng):
        self.letters, self.context, self.hidden = letters, context, hidden
        spread = 1 / math.sqrt(hidden)
        self.parameters = {
            "table": [[rng.gauss(0, 0.3) for _ in range(hidden)] for _ in range(context * letters)],
            "hidden_bias": [[0.0] * hidden],
            "output": [[rng.gauss(0, spread) for _ in range(hidden)] for _ in range(letters)],
            "output_bias": [[0.0] * letters],
        }

    def count(self):
        return sum(len(row) for rows in self.parameters.values() for row in rows)

    def _forward(self, window):
        """The table rows used, the hidden layer, and the probabilities, for one window of letter numbers."""
        table, bias = self.parameters["table"], self.parameters["hidden_bias"][0]
        used = [place * self.letters + letter for place, letter in enumerate(window)]
        hidden = [math.tanh(total) for total in map(sum, zip(bias, *[table[row] for row in used]))]
        scores = [sum(map(mul, row, hidden)) + b
                  for row, b in zip(self.parameters["output"], self.parameters["output_bias"][0])]
        top = max(scores)
        weights = [math.exp(score - top) for score in scores]
        total = sum(weights)
        return used, hidden, [weight / total for weight in weights]

    def loss(self, samples):
        """Mean cross-entropy over (window, next letter) pairs."""
        return -sum(math.log(max(self._forward(window)[2][target], 1e-300)) for window, target in samples) / len(samples)

    def loss_and_gradients(self, samples):
        """The loss and its gradients as ``{name: {row: [...]}}``; a row that is not there has gradient zero."""
        share = 1 / len(samples)
        columns = list(zip(*self.parameters["output"]))
        loss, slopes, hiddens, table = 0.0, [], [], {}
        hidden_bias = [0.0] * self.hidden
        for window, target in samples:
            used, hidden, slope = self._forward(window)
            loss -= math.log(max(slope[target], 1e-300)) * share
            slope[target] -= 1.0
            slope = [s * share for s in slope]
            back = [sum(map(mul, column, slope)) * (1 - h * h) for column, h in zip(columns, hidden)]
            for row in used:
                table[row] = [a + b for a, b in zip(table[row], back)] if row in table else back
            hidden_bias = [a + b for a, b in zip(hidden_bias, back)]
            slopes.append(slope)
            hiddens.append(hidden)
        hiddens = list(zip(*hiddens))
        per_letter = list(zip(*slopes))
        output = {letter: [sum(map(mul, slope, h)) for h in hiddens] for letter, slope in enumerate(per_letter)}
        return loss, {"table": table, "hidden_bias": {0: hidden_bias},
                      "output": output, "output_bias": {0: [sum(slope) for slope in per_letter]}}


def norm(gradients):
    return math.sqrt(sum(g * g for rows in gradients.values() for row in rows.values() for g in row))


class Adam:
    """Adam; a row's moments move only when the row has a gradient (as in sparse variants of it)."""

    def __init__(self, parameters):
        self.steps = 0
        self.first = {name: [[0.0] * len(row) for row in rows] for name, rows in parameters.items()}
        self.second = {name: [[0.0] * len(row) for row in rows] for name, rows in parameters.items()}

    def step(self, parameters, gradients, rate, b1=0.9, b2=0.99, eps=1e-8):
        self.steps += 1
        size = rate * math.sqrt(1 - b2 ** self.steps) / (1 - b1 ** self.steps)
        for name, rows in gradients.items():
            values, first, second = parameters[name], self.first[name], self.second[name]
            for row, slope in rows.items():
                m = first[row] = [b1 * a + (1 - b1) * g for a, g in zip(first[row], slope)]
                v = second[row] = [b2 * a + (1 - b2) * g * g for a, g in zip(second[row], slope)]
                values[row] = [p - size * a / (math.sqrt(b) + eps) for p, a, b in zip(values[row], m, v)]
