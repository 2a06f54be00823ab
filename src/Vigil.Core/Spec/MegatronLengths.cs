using System.Globalization;
using System.Numerics;
using Vigil.Configuration;
using Vigil.Configuration.Megatron;

namespace Vigil.Spec;

/// <summary>Whether the length of a decay is given to the WSD schedule as well.</summary>
internal enum WsdCopies { None, Made }

/// <summary>Puts Megatron's own arguments in the place of <c>train_tokens</c> and <c>lr_decay_fraction</c>, which no Megatron knows.</summary>
internal sealed class MegatronLengths(string path, DiagnosticBag report)
{
    private const string Tokens = "train_tokens", Fraction = "lr_decay_fraction", Iterations = "train_iters", Samples = "train_samples";

    private static readonly (string From, string To)[] Copies = [("lr_decay_iters", "lr_wsd_decay_iters"), ("lr_decay_samples", "lr_wsd_decay_samples")];

    /// <summary>The keys that are worked out.</summary>
    public static IEnumerable<string> Names => [Tokens, Fraction];

    /// <summary>The arguments with what was worked out; a mistake is reported, and its key left out.</summary>
    public ConfigNode.Mapping Worked(ConfigNode.Mapping arguments, WsdCopies copies)
    {
        arguments = Decay(Training(arguments));
        if (copies is WsdCopies.None) return arguments;
        foreach (var (from, to) in Copies)
            if (IndexOf(arguments, from) is var at and >= 0 && IndexOf(arguments, to) < 0) arguments = new(arguments.At, arguments.Entries.Insert(at + 1, new(to, arguments.Entries[at].KeyAt, arguments.Entries[at].Value)));
        return arguments;
    }

    /// <summary>train_iters = ⌈tokens / (seq_length · global_batch_size)⌉.</summary>
    private ConfigNode.Mapping Training(ConfigNode.Mapping arguments)
    {
        if (Take(ref arguments, Tokens) is not { } given) return arguments;
        if (IndexOf(arguments, Samples) is var samples and >= 0)
            report.Error("CFG047", given.Entry.KeyAt, $"'{path}.{given.Entry.Key}' and '{path}.{arguments.Entries[samples].Key}' both say how long the training is", "keep one of them");
        else if ((Whole(given.Entry), Needed(arguments, given.Entry, "seq_length"), Needed(arguments, given.Entry, "global_batch_size")) is ({ } tokens, { } length, { } batch))
            return Put(arguments, given, Iterations, BigInteger.Divide(tokens + length * batch - 1, length * batch));
        return arguments;
    }

    /// <summary>lr_decay_samples, or lr_decay_iters, = ⌊train_samples, or train_iters, · fraction⌋.</summary>
    private ConfigNode.Mapping Decay(ConfigNode.Mapping arguments)
    {
        if (Take(ref arguments, Fraction) is not { } given) return arguments;
        if (given.Entry.Value is not ConfigNode.Scalar scalar || MegatronNumber.Real(scalar) is not (> 0 and <= 1) || MegatronNumber.Real(scalar) is not { } fraction)
        {
            report.Error("CFG047", given.Entry.Value.At, $"'{path}.{given.Entry.Key}' must be a number above 0 and at most 1, not {Binder.Describe(given.Entry.Value)}", "it is the part of the training over which the learning rate decays");
            return arguments;
        }
        var bySamples = IndexOf(arguments, Samples) >= 0;
        return Needed(arguments, given.Entry, bySamples ? Samples : Iterations) is { } length
            ? Put(arguments, given, bySamples ? "lr_decay_samples" : "lr_decay_iters", new BigInteger(Math.Truncate((double)length * fraction))) : arguments;
    }

    /// <summary>The setting at its own place, unless the user says the same otherwise.</summary>
    private ConfigNode.Mapping Put(ConfigNode.Mapping arguments, (ConfigEntry Entry, int At) given, string name, BigInteger value)
    {
        var text = value.ToString(CultureInfo.InvariantCulture);
        if (IndexOf(arguments, name) is var own and >= 0)
        {
            var said = arguments.Entries[own];
            if (said.Value is not ConfigNode.Scalar scalar || MegatronNumber.Whole(scalar) != value)
                report.Warning("CFG048", given.Entry.KeyAt, $"'{path}.{given.Entry.Key}' would give '{name}: {text}', but '{path}.{said.Key}' is set to {Binder.Describe(said.Value)}, and that counts", $"set one of them to null");
            return arguments;
        }
        return new(arguments.At, arguments.Entries.Insert(given.At, new(name, given.Entry.KeyAt, new ConfigNode.Scalar(given.Entry.Value.At, text, ScalarStyle.Plain))));
    }

    private BigInteger? Needed(ConfigNode.Mapping arguments, ConfigEntry asking, string name)
    {
        if (IndexOf(arguments, name) is var at and >= 0) return Whole(arguments.Entries[at]);
        report.Error("CFG047", asking.KeyAt, $"'{path}.{asking.Key}' cannot be worked out without '{name}'", $"set {path}.{name}");
        return null;
    }

    /// <summary>A whole number above zero; null, with a diagnostic, when it is none.</summary>
    private BigInteger? Whole(ConfigEntry entry)
    {
        if (entry.Value is ConfigNode.Scalar scalar && MegatronNumber.Whole(scalar) is { } number && number > 0) return number;
        var isFilledLater = entry.Value is ConfigNode.Scalar { Text: var text } && text.Contains('{', StringComparison.Ordinal);
        report.Error("CFG047", entry.Value.At, $"'{path}.{entry.Key}' must be a whole number above 0, not {Binder.Describe(entry.Value)}",
            isFilledLater ? "a placeholder is filled when the attempt starts, and this number is needed for the plan: refer to another key with ${…}" : "written as 6000000000, 6_000_000_000 or 6e9");
        return null;
    }

    /// <summary>Takes a key out; null when it is not there, or null.</summary>
    private static (ConfigEntry Entry, int At)? Take(ref ConfigNode.Mapping arguments, string name)
    {
        for (var i = 0; i < arguments.Entries.Length; i++)
        {
            if (MegatronArguments.NameOf(arguments.Entries[i].Key) != name) continue;
            var entry = arguments.Entries[i];
            arguments = new(arguments.At, arguments.Entries.RemoveAt(i));
            return ScalarValue.IsNull(entry.Value) ? null : (entry, i);
        }
        return null;
    }

    /// <summary>Of the entry with a value; -1: there is none.</summary>
    private static int IndexOf(ConfigNode.Mapping arguments, string name)
    {
        for (var i = 0; i < arguments.Entries.Length; i++)
            if (MegatronArguments.NameOf(arguments.Entries[i].Key) == name && !ScalarValue.IsNull(arguments.Entries[i].Value)) return i;
        return -1;
    }
}
