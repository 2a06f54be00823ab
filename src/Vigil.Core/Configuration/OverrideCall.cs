using System.Collections.Immutable;

namespace Vigil.Configuration;

/// <summary>A function of the override grammar with its arguments, such as <c>range(1,10,step=3)</c>.</summary>
internal sealed class OverrideCall(string name, SourceSpan at, ulong seed)
{
    private static readonly string[] Functions = ["bool", "choice", "float", "glob", "int", "interval", "range", "shuffle", "sort", "str", "tag"];

    private readonly List<OverrideValue> _arguments = [];
    private readonly Dictionary<string, OverrideValue> _named = [];
    private string? _mistake;

    /// <summary>Takes one more argument; a sentence when it cannot stand here. A text loses its quotes, as in Hydra.</summary>
    public string? Add(string? argument, OverrideValue value)
    {
        if (value is OverrideValue.Element { Value: HydraValue.Quoted quoted }) value = new OverrideValue.Element(new HydraValue.Bare(quoted.At, quoted.Content));
        if (argument is null && _named.Count > 0) return "an argument without a name cannot follow one with a name";
        if (argument is null) _arguments.Add(value);
        else if (!_named.TryAdd(argument, value)) return $"the argument '{argument}' is given twice";
        return null;
    }

    /// <summary>What the function gives; null with a sentence when it cannot.</summary>
    public OverrideValue? Value(out string? mistake)
    {
        var value = name switch
        {
            "choice" => Choice(),
            "range" => Range(),
            "interval" => Interval(),
            "glob" => Glob(),
            "tag" => Tag(),
            "sort" => Sort(),
            "shuffle" => Shuffle(),
            "int" or "float" or "str" or "bool" => Cast(),
            _ => Fail($"there is no function '{name}'" + (Suggestion.Nearest(name, Functions) is { } near ? $": did you mean {near}(…)?" : $"; functions are {string.Join(", ", Functions)}, and any other text with '(' must be in quotes")),
        };
        mistake = _mistake;
        return mistake is null ? value : null;
    }

    private OverrideValue? Choice()
    {
        if (!Names()) return null;
        if (_arguments is [OverrideValue.Choices { Form: ChoiceForm.Simple } simple]) return simple with { Form = ChoiceForm.Explicit };
        if (_arguments.Exists(static a => a is OverrideValue.Choices)) return Fail("choices cannot be nested");
        if (_arguments.Count == 0) return Fail("choice(…) needs at least one value");
        return Elements() is { } items && !Refuses(items, static i => i is HydraValue.Plain { Value: ScalarValue.Null }, "choice(…) takes no null: write null,1 without the function")
            ? new OverrideValue.Choices(items, ChoiceForm.Explicit) : null;
    }

    private OverrideValue? Range()
    {
        if (!Names("start", "stop", "step")) return null;
        var (first, second) = (Argument(0, "start"), Argument(1, "stop"));
        if (first is null) return Fail("range(…) needs where it stops");
        var zero = new ScalarValue.Whole(0);
        var (start, stop) = second is null ? (zero, Number(first)) : (Number(first), Number(second));
        var step = Argument(2, "step") is { } given ? Number(given) : new ScalarValue.Whole(1);
        if (start is null || stop is null || step is null) return Fail("range(…) takes numbers");
        var whole = start is ScalarValue.Whole && stop is ScalarValue.Whole && step is ScalarValue.Whole;
        return whole ? new OverrideValue.Range(start, stop, step, at) : new OverrideValue.Range(Real(start), Real(stop), Real(step), at);
    }

    private OverrideValue? Interval()
    {
        if (!Names("start", "end")) return null;
        if (Argument(0, "start") is not { } first || Argument(1, "end") is not { } second) return Fail("interval(…) takes a start and an end");
        return Number(first) is { } start && Number(second) is { } end ? new OverrideValue.Interval(Real(start), Real(end)) : Fail("interval(…) takes numbers");
    }

    private OverrideValue? Glob()
    {
        if (!Names("include", "exclude")) return null;
        if (Argument(0, "include") is not { } included) return Fail("glob(…) needs a pattern");
        if (Patterns(included) is not { } include) return Fail("glob(…) takes a pattern or a list of patterns");
        if (Argument(1, "exclude") is not { } excluded) return new OverrideValue.Glob(include, [], at);
        return Patterns(excluded) is { } exclude ? new OverrideValue.Glob(include, exclude, at) : Fail("exclude is a pattern or a list of patterns");
    }

    private OverrideValue? Tag()
    {
        if (_arguments.Count == 0) return Fail("tag(…) needs a sweep");
        if (_named.Remove("sweep", out var named)) _arguments.Add(named);
        if (!Names()) return null;
        var tags = ImmutableArray.CreateBuilder<string>();
        foreach (var argument in _arguments.SkipLast(1))
        {
            if (argument is not OverrideValue.Element { Value.Unquoted: { } tag }) return Fail("tags are texts");
            if (!tags.Contains(tag)) tags.Add(tag);
        }
        return _arguments[^1] switch
        {
            OverrideValue.Choices choices => choices with { Tags = tags.DrainToImmutable() },
            OverrideValue.Range range => range with { Tags = tags.DrainToImmutable() },
            OverrideValue.Interval interval => interval with { Tags = tags.DrainToImmutable() },
            _ => Fail("the last argument of tag(…) is a sweep: choice(…), range(…) or interval(…)"),
        };
    }

    private OverrideValue? Shuffle()
    {
        if (!TakesOne("sweep", "list")) return null;
        if (_arguments.Count == 0) return Fail("shuffle(…) needs values");
        if (_arguments.Count > 1) return Elements() is { } items ? new OverrideValue.Choices(items, ChoiceForm.Simple) { Order = SweepOrder.Shuffled } : null;
        return _arguments[0] switch
        {
            OverrideValue.Choices choices => choices with { Order = SweepOrder.Shuffled },
            OverrideValue.Range range => range with { Order = SweepOrder.Shuffled },
            OverrideValue.Element { Value: HydraValue.List list } => new OverrideValue.Element(list with { Items = SweepExpansion.Shuffle(list.Items, seed) }),
            OverrideValue.Element element => new OverrideValue.Element(new HydraValue.List(element.Value.At, [element.Value])),
            _ => Fail("shuffle(…) takes values, choices or a range"),
        };
    }

    private OverrideValue? Sort()
    {
        var order = SortDirection.Up;
        if (_named.Remove("reverse", out var reverse))
        {
            if (reverse is not OverrideValue.Element { Value: HydraValue.Plain { Value: ScalarValue.Bool down } }) return Fail("reverse is true or false");
            if (down.Value) order = SortDirection.Down;
        }
        if (!TakesOne("sweep", "list")) return null;
        if (_arguments.Count == 0) return Fail("sort(…) needs values");
        if (_arguments.Count > 1) return Elements() is { } items && Sorted(items, order) is { } sorted ? new OverrideValue.Choices(sorted, ChoiceForm.Simple) : null;
        return _arguments[0] switch
        {
            OverrideValue.Choices choices => Sorted(choices.Items, order) is { } sorted ? choices with { Items = sorted } : null,
            OverrideValue.Range range => SweepSorting.Sort(range, order),
            OverrideValue.Element { Value: HydraValue.List list } => Sorted(list.Items, order) is { } sorted ? new OverrideValue.Element(list with { Items = sorted }) : null,
            OverrideValue.Element element => element,
            _ => Fail("sort(…) takes values, choices or a range"),
        };
    }

    private OverrideValue? Cast()
    {
        if (_named.ContainsKey("value") && _arguments.Count > 0) return Fail($"{name}(…) takes its value with or without a name, not both");
        if (!TakesOne("value")) return null;
        if (_arguments.Count == 0) return Fail($"{name}(…) needs a value");
        var value = _arguments is [var one] ? one : Elements() is { } items ? new OverrideValue.Choices(items, ChoiceForm.Simple) : null;
        return value is null ? null : OverrideCast.Of(name, value, out _mistake);
    }

    private bool TakesOne(params ReadOnlySpan<string> names)
    {
        foreach (var argument in names)
            if (_named.Remove(argument, out var value)) { _arguments.Clear(); _arguments.Add(value); }
        return Names();
    }

    /// <summary>Whether every named argument is known and none is also given by its place.</summary>
    private bool Names(params ReadOnlySpan<string> known)
    {
        foreach (var argument in _named.Keys)
            if (known.IndexOf(argument) is var place && (place < 0 || place < _arguments.Count))
            {
                Fail(place < 0 ? $"{name}(…) knows no argument '{argument}'" : $"the argument '{argument}' of {name}(…) is given twice");
                return false;
            }
        if (known.Length == 0 || _arguments.Count <= known.Length) return true;
        Fail($"{name}(…) takes at most {known.Length} arguments");
        return false;
    }

    private OverrideValue? Argument(int place, string argument) => place < _arguments.Count ? _arguments[place] : _named.GetValueOrDefault(argument);

    private ImmutableArray<HydraValue>? Elements()
    {
        var items = ImmutableArray.CreateBuilder<HydraValue>(_arguments.Count);
        foreach (var argument in _arguments)
        {
            if (argument is not OverrideValue.Element element) { Fail($"{name}(…) takes values here, not a sweep"); return null; }
            items.Add(element.Value);
        }
        return items.DrainToImmutable();
    }

    private bool Refuses(ImmutableArray<HydraValue> items, Func<HydraValue, bool> refused, string why)
    {
        if (!items.Any(refused)) return false;
        Fail(why);
        return true;
    }

    private ImmutableArray<HydraValue>? Sorted(ImmutableArray<HydraValue> items, SortDirection order)
    {
        if (SweepSorting.Sort(items, order) is { } sorted) return sorted;
        Fail("only numbers, or only texts, can be sorted");
        return null;
    }

    private static ScalarValue? Number(OverrideValue value) =>
        value is OverrideValue.Element { Value: HydraValue.Plain { Value: ScalarValue.Whole or ScalarValue.Real } plain } ? plain.Value : null;

    private static ScalarValue.Real Real(ScalarValue value) => value as ScalarValue.Real ?? new ScalarValue.Real((double)((ScalarValue.Whole)value).Value);

    private static ImmutableArray<string>? Patterns(OverrideValue value) => value switch
    {
        OverrideValue.Element { Value.Unquoted: { } one } => [one],
        OverrideValue.Element { Value: HydraValue.List list } when list.Items.All(static i => i.Unquoted is not null) => [.. list.Items.Select(static i => i.Unquoted!)],
        _ => null,
    };

    private OverrideValue? Fail(string mistake)
    {
        _mistake ??= mistake;
        return null;
    }
}
