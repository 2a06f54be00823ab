using System.Collections.Immutable;
using System.Numerics;
using Vigil.Configuration.Expressions;

namespace Vigil.Configuration.Functions;

/// <summary>Lists, mappings and texts. What is passed on keeps its place and the way it was written.</summary>
internal static class RowResolvers
{
    public static FunctionResult Slice(PlainCall call)
    {
        if (NumberResolvers.Int(call.Arguments[1]) is not { } start || NumberResolvers.Int(call.Arguments[2]) is not { } stop)
            return new FunctionResult.Refused("oc.slice takes whole numbers for where it starts and ends");
        var (from, to) = ((long)BigInteger.Clamp(start, int.MinValue, int.MaxValue), (long)BigInteger.Clamp(stop, int.MinValue, int.MaxValue));
        if (call.Arguments[0] is ConfigNode.Sequence list) return Answers.Row(call, Slices.Indices(list.Items.Length, from, to, 1).Select(i => list.Items[i]));
        if (Value.Of(call.Arguments[0]) is not Value.Text { Word: var word }) return new FunctionResult.Refused($"oc.slice takes a text or a list, not {Binder.Describe(call.Arguments[0])}");
        var letters = CodePoints.Split(word);
        return Answers.Text(call, CodePoints.Join(Slices.Indices(letters.Length, from, to, 1).Select(i => letters[i])));
    }

    public static FunctionResult Len(PlainCall call) => call.Arguments[0] switch
    {
        ConfigNode.Sequence list => Answers.Whole(call, list.Items.Length),
        ConfigNode.Mapping map => Answers.Whole(call, map.Entries.Length),
        var node when Value.Of(node) is Value.Text { Word: var word } => Answers.Whole(call, CodePoints.Length(word)),
        var node => new FunctionResult.Refused($"oc.len takes a list, a mapping or a text, not {Binder.Describe(node)}"),
    };

    /// <summary>Numbers are added, as Python's <c>+</c> does.</summary>
    public static FunctionResult Concat(PlainCall call)
    {
        if (call.Arguments is [ConfigNode.Sequence a, ConfigNode.Sequence b]) return Answers.Row(call, a.Items.AddRange(b.Items));
        var run = new Evaluation(static _ => null);
        return Arithmetic.Apply(Operator.Add, Value.Of(call.Arguments[0]), Value.Of(call.Arguments[1]), run, 1) is { } value
            ? Answers.Given(call, value) : new FunctionResult.Refused($"oc.concat takes two texts or two lists: {run.Mistake!.Message}");
    }

    /// <summary>Shallow; null and whatever is no mapping is passed over.</summary>
    public static FunctionResult DictMerge(PlainCall call)
    {
        var places = new Dictionary<string, int>();
        var merged = ImmutableArray.CreateBuilder<ConfigEntry>();
        foreach (var map in call.Arguments.OfType<ConfigNode.Mapping>())
            foreach (var entry in map.Entries)
                if (places.TryAdd(entry.Key, merged.Count)) merged.Add(entry);
                else merged[places[entry.Key]] = entry;
        return new FunctionResult.Given(new ConfigNode.Mapping(call.At, merged.DrainToImmutable()));
    }

    public static FunctionResult Join(PlainCall call)
    {
        if (Value.Of(call.Arguments[0]) is not Value.Text { Word: var separator }) return new FunctionResult.Refused($"oc.join takes a text to join with, not {Binder.Describe(call.Arguments[0])}");
        return Answers.Items(call.Arguments[1]) is { } items ? Answers.Text(call, string.Join(separator, items.Select(Answers.Shown))) : Answers.NoList(call, call.Arguments[1]);
    }

    public static FunctionResult Split(PlainCall call)
    {
        foreach (var argument in call.Arguments)
            if (Value.Of(argument) is not Value.Text) return new FunctionResult.Refused($"oc.split takes a text and what separates it, not {Binder.Describe(argument)}");
        var separator = Answers.Shown(call.Arguments[1]);
        if (separator.Length == 0) return new FunctionResult.Refused("an empty text separates nothing");
        return Answers.Row(call, Answers.Shown(call.Arguments[0]).Split(separator).Select(word => Answers.TextNode(call, word)));
    }

    public static FunctionResult MapExtractKey(PlainCall call)
    {
        var key = Answers.Shown(call.Arguments[0]);
        if (call.Arguments[1] is not ConfigNode.Sequence list) return Answers.NoList(call, call.Arguments[1]);
        var values = new List<ConfigNode>(list.Items.Length);
        foreach (var item in list.Items)
        {
            if (item is not ConfigNode.Mapping map) return new FunctionResult.Refused($"oc.mapextractkey takes a list of mappings, and {Binder.Describe(item)} is in it");
            if (map[key] is not { } value) return new FunctionResult.Refused($"oc.mapextractkey finds no key '{key}' in the mapping at {item.At}", Suggestion.Hint(key, [.. map.Entries.Select(static e => e.Key)]));
            values.Add(value);
        }
        return Answers.Row(call, values);
    }
}
