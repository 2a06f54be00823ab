using System.Collections.Immutable;
using Vigil.Configuration;

namespace Vigil.Planning;

/// <summary>Which points of a part are kept.</summary>
/// <param name="Text">An expression, or an interpolation that gives its answer.</param>
/// <param name="Keys">The keys that the part itself sets: a short name means one of them first.</param>
internal sealed record SweepFilter(ConfigNode.Scalar Text, ImmutableArray<string> Keys);

/// <summary>Evaluates an expression whose names are looked up; a name that gives null is not known.</summary>
internal delegate FunctionResult EvaluateExpression(string text, SourceSpan at, Func<string, ConfigNode?> name);

/// <summary>Asks the filters of each point.</summary>
/// <param name="evaluate">The expression language.</param>
/// <param name="resolve">The point's whole configuration; with it, a filter may look at keys that the point does not set.</param>
internal sealed class SweepFilters(EvaluateExpression evaluate, Func<SweepPoint, PointLens> resolve, DiagnosticBag report)
{
    private enum Verdict { Keep, Drop, Wrong }

    /// <summary>The points that every filter keeps, in order. A filter that gives no answer is reported once.</summary>
    public SweepPoints Apply(SweepPoints sweep)
    {
        if (sweep.Points.All(static p => p.Filters.IsEmpty)) return sweep;
        var kept = ImmutableArray.CreateBuilder<SweepPoint>();
        var wrong = new HashSet<SweepFilter>();
        foreach (var point in sweep.Points)
        {
            var lens = new Lazy<PointLens>(() => resolve(point));
            var isKept = true;
            foreach (var filter in point.Filters)
            {
                if (wrong.Contains(filter)) continue;
                var verdict = Ask(filter, point, lens);
                if (verdict is Verdict.Wrong) wrong.Add(filter);
                if (isKept = verdict is not Verdict.Drop) continue;
                break;
            }
            if (isKept) kept.Add(point);
        }
        if (kept.Count == 0 && sweep.Points.Length > 0)
            report.Error("PLN041", sweep.Points[0].Filters[0].Text.At, $"the filter leaves none of the sweep's {sweep.Points.Length} points, so there would be no runs");
        return sweep with { Points = kept.DrainToImmutable() };
    }

    private Verdict Ask(SweepFilter filter, SweepPoint point, Lazy<PointLens> lens)
    {
        ConfigNode answer = filter.Text;
        if (TemplateParser.MayInterpolate(filter.Text.Text))
        {
            var mistakes = report.All.Count;
            answer = lens.Value.Evaluate(new(filter.Text.At, DeferredText.Undefer(filter.Text.Text), ScalarStyle.Plain));
            if (report.All.Count > mistakes) return Verdict.Wrong;   // said already
        }
        if (answer is ConfigNode.Scalar scalar && ScalarValue.Of(scalar) is ScalarValue.Text { Value: var text })
        {
            var names = new FilterNames(filter, point, lens);
            var result = evaluate(text, filter.Text.At, names.Find);
            if (names.Ambiguity is { } ambiguity) return Wrong(filter, ambiguity, "write the whole key");
            if (result is FunctionResult.Refused refused) return Wrong(filter, refused.Message, refused.Hint);
            answer = ((FunctionResult.Given)result).Value;
        }
        return answer is ConfigNode.Scalar verdict && ScalarValue.Of(verdict) is ScalarValue.Bool { Value: var keep }
            ? keep ? Verdict.Keep : Verdict.Drop
            : Wrong(filter, $"a filter gives true or false, and this one gives {Binder.Describe(answer)}", "compare with something, such as: lr * bs <= 1");
    }

    private Verdict Wrong(SweepFilter filter, string message, string? hint)
    {
        report.Error("PLN040", filter.Text.At, $"the filter '{filter.Text.Text}' cannot be used: {message}", hint);
        return Verdict.Wrong;
    }
}

/// <summary>What the names in a filter mean for one point.</summary>
internal sealed class FilterNames(SweepFilter filter, SweepPoint point, Lazy<PointLens> lens)
{
    /// <summary>Why a name has no one meaning; null as long as all had.</summary>
    public string? Ambiguity { get; private set; }

    /// <summary>A key of the point by its name or its shortest unique ending, else a key of the configuration.</summary>
    public ConfigNode? Find(string name)
    {
        if (point.InForce(name) is { } exact) return Value(exact);
        var endings = Matching(name, filter.Keys.Where(k => point.InForce(k) is not null));
        if (endings.Count == 0) endings = Matching(name, point.Settings.Concat(point.Defaults).Select(static s => s.Key));
        if (endings is [var key]) return Value(point.InForce(key)!);
        if (endings.Count == 0) return Merging.Find(lens.Value.Tree, name.Split('.'));
        Ambiguity ??= $"'{name}' may mean {string.Join(" or ", endings.Select(static k => $"'{k}'"))}";
        return null;
    }

    private static List<string> Matching(string name, IEnumerable<string> keys) => [.. keys.Where(k => k.EndsWith("." + name, StringComparison.Ordinal)).Distinct()];

    private ConfigNode Value(SweepSetting setting) => setting.Interpolates ? Merging.Find(lens.Value.Tree, setting.Path) ?? setting.Value : setting.Value;
}

/// <summary>What a filter may ask about a point beside its own settings.</summary>
/// <param name="Tree">The point's configuration, resolved.</param>
/// <param name="Evaluate">The value of a text with <c>${…}</c> at the top of that configuration; null in YAML's sense, with a diagnostic, when it has none.</param>
internal sealed record PointLens(ConfigNode.Mapping Tree, Func<ConfigNode.Scalar, ConfigNode> Evaluate);
