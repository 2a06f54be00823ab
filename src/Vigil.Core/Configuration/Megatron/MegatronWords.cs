using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Vigil.Configuration.Megatron;

/// <summary>Whether an argument that equals Megatron's default is written.</summary>
internal enum MegatronDefaults { Written, LeftOut }

/// <summary>Writes the arguments that are known, as Megatron-LM reads them.</summary>
/// <param name="path">Of the settings, for what is reported.</param>
internal sealed class MegatronWords(string path, MegatronDefaults defaults, DiagnosticBag report)
{
    private static readonly char[] Blanks = [' ', '\t', '\n'];
    private static readonly string[] True = ["1", "true", "yes", "on"], False = ["0", "false", "no", "off"];

    /// <summary>Adds the words of one setting, which may be none. False when the value does not fit; that is reported.</summary>
    public bool Add(MegatronKey key, ConfigEntry setting, ImmutableArray<string>.Builder words)
    {
        if (ScalarValue.IsNull(setting.Value)) return true;
        return key.Argument.Kind switch
        {
            MegatronKind.Flag or MegatronKind.NoFlag or MegatronKind.Switch or MegatronKind.Bool => AddTruth(key, setting, words),
            MegatronKind.Count => AddCount(key.Argument, setting, words),
            _ when key.Argument.Many => AddMany(key.Argument, setting, words),
            _ => AddOne(key.Argument, setting, words),
        };
    }

    private bool AddTruth(MegatronKey key, ConfigEntry setting, ImmutableArray<string>.Builder words)
    {
        var argument = key.Argument;
        if (setting.Value is not ConfigNode.Scalar scalar || Truth(scalar) is not { } given) return Wrong(argument, setting, setting.Value, "must be true or false", null);
        var on = given != key.ByOption;
        switch (argument.Kind)
        {
            case MegatronKind.Flag when on: words.Add(argument.Option); break;
            case MegatronKind.NoFlag when !on: words.Add(argument.Option); break;
            case MegatronKind.Switch when on || defaults is MegatronDefaults.Written: words.Add(on ? argument.Option : "--no-" + argument.Option[2..]); break;
            case MegatronKind.Bool when on: words.AddRange(argument.Option, "True"); break;
        }
        return true;
    }

    private bool AddCount(MegatronArgument argument, ConfigEntry setting, ImmutableArray<string>.Builder words)
    {
        if (setting.Value is not ConfigNode.Scalar scalar || MegatronNumber.Whole(scalar) is not { } count || count < 0 || count > 100) return Wrong(argument, setting, setting.Value, "must be a number of times, 0 to 100", null);
        for (var i = 0; i < count; i++) words.Add(argument.Option);
        return true;
    }

    private bool AddOne(MegatronArgument argument, ConfigEntry setting, ImmutableArray<string>.Builder words)
    {
        if (setting.Value is not ConfigNode.Scalar scalar)
            return Wrong(argument, setting, setting.Value, "takes one value", $"written as one text where Megatron splits it itself; a version that takes several: backend.known_args: {{{argument.Name}: {Form(argument with { Many = true })}}}");
        if (Value(argument, setting, scalar) is not { } word) return false;
        if (!IsDefault(argument, [word])) words.AddRange(argument.Option, word);
        return true;
    }

    private bool AddMany(MegatronArgument argument, ConfigEntry setting, ImmutableArray<string>.Builder words)
    {
        var (values, fits) = (ImmutableArray<string>.Empty, true);
        foreach (var item in Items(setting.Value))
            if (item is not ConfigNode.Scalar scalar || ScalarValue.IsNull(scalar)) fits = Wrong(argument, setting, item, "must be a value or a list of values", null);
            else if (Value(argument, setting, scalar) is { } word) values = values.Add(word);
            else fits = false;
        if (!fits || values.IsEmpty || IsDefault(argument, values)) return fits;
        words.Add(argument.Option);
        words.AddRange(values);
        return true;
    }

    /// <summary>A text is split at its commas, and one without commas at its blanks; an item of a list is one word, whatever it holds.</summary>
    private static IEnumerable<ConfigNode> Items(ConfigNode node) => node switch
    {
        ConfigNode.Sequence list => list.Items,
        ConfigNode.Scalar { Value: ScalarValue.Text } text =>
            text.Text.Split(text.Text.Contains(',', StringComparison.Ordinal) ? [','] : Blanks, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => new ConfigNode.Scalar(text.At, part, text.Style is ScalarStyle.Plain ? ScalarStyle.Plain : ScalarStyle.Literal)),
        _ => [node],
    };

    /// <summary>The word of a value; null when it does not fit, which is reported.</summary>
    private string? Value(MegatronArgument argument, ConfigEntry setting, ConfigNode.Scalar scalar)
    {
        // A placeholder is filled when the attempt starts.
        if (scalar.Text.Contains('{', StringComparison.Ordinal) || scalar.Value is ScalarValue.Missing) return scalar.Text;
        var word = argument.Kind switch
        {
            MegatronKind.Whole => MegatronNumber.Whole(scalar)?.ToString(CultureInfo.InvariantCulture),
            MegatronKind.Real => MegatronNumber.RealText(scalar),
            _ => scalar.Value is ScalarValue.Bool ? null : scalar.Text,
        };
        if (word is null)
        {
            Wrong(argument, setting, scalar, argument.Kind switch { MegatronKind.Whole => "must be a whole number", MegatronKind.Real => "must be a number", _ => "takes a value" },
                scalar.Value is ScalarValue.Bool ? "null leaves the option out" : null);
            return null;
        }
        if (!argument.Choices.IsEmpty && !argument.Choices.Contains(word))
            report.Warning("CFG046", scalar.At, $"'{path}.{setting.Key}' is one of {string.Join(", ", argument.Choices)} in the Megatron-LM that Vigil knows, not '{word}'",
                (Suggestion.Nearest(word, argument.Choices) is { } near ? $"did you mean '{near}'? " : "") + $"It is passed on; to say that your version takes it: backend.known_args: {{{argument.Name}: {Form(argument)}}}");
        return word;
    }

    private bool IsDefault(MegatronArgument argument, ImmutableArray<string> words)
    {
        if (defaults is MegatronDefaults.Written || argument.Default is not { } known || known.Length != words.Length) return false;
        return known.Zip(words).All(pair => pair.First == pair.Second || (argument.Kind is MegatronKind.Real or MegatronKind.Whole && Number(pair.First) is { } a && Number(pair.Second) is { } b && a.Equals(b)));
    }

    private static double? Number(string text) => double.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static bool? Truth(ConfigNode.Scalar scalar) => scalar.Value switch
    {
        ScalarValue.Bool { Value: var value } => value,
        _ when True.Contains(scalar.Text, StringComparer.OrdinalIgnoreCase) => true,
        _ when False.Contains(scalar.Text, StringComparer.OrdinalIgnoreCase) => false,
        _ => null,
    };

    /// <summary>As <c>backend.known_args</c> says it, with the option where the name does not tell it.</summary>
    private static string Form(MegatronArgument argument)
    {
        var kind = MegatronArgument.Kinds.First(k => k.Kind == argument.Kind).Word;
        var option = HasOddOption(argument) ? $", option: {argument.Option}" : "";
        return argument.Many ? $"{{kind: {kind}{option}, many: true}}" : option.Length > 0 ? $"{{kind: {kind}{option}}}" : kind;
    }

    /// <summary>What is turned off by its option is called after that one.</summary>
    private static bool HasOddOption(MegatronArgument argument) => argument.Kind is not (MegatronKind.NoFlag or MegatronKind.Switch) && argument.Option != MegatronArgument.OptionOf(argument.Name);

    /// <summary>That another version takes the argument as any text.</summary>
    private static string Free(MegatronArgument argument) =>
        HasOddOption(argument) ? $"{{{argument.Name}: {Form(argument with { Kind = MegatronKind.Text })}}}" : $"[{argument.Name}]";

    private bool Wrong(MegatronArgument argument, ConfigEntry setting, ConfigNode value, string what, string? hint)
    {
        report.Error("CFG046", value.At, $"'{path}.{setting.Key}' {what}, not {Binder.Describe(value)}", hint ?? $"Megatron reads {argument.Option} so; where yours does not: backend.known_args: {Free(argument)}");
        return false;
    }
}
