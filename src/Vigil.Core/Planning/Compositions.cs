using System.Collections.Immutable;
using Vigil.Configuration;
using Vigil.Configuration.Composing;
using Vigil.Documents;
using Vigil.Spec;

namespace Vigil.Planning;

/// <summary>The compositions of one experiment: the one that its file and overrides ask for, and one for each further choice of config groups that its sweep makes.</summary>
internal sealed class Compositions
{
    /// <summary>Vigil's own groups lie under a file without <c>defaults:</c>; none is chosen until somebody does.</summary>
    private static readonly ImmutableArray<UnderlyingGroup> Underneath =
        [.. BuiltInKeys.Sections.Where(static s => s is not ("sweep" or "stage" or "index" or "metadata")).Select(static s => new UnderlyingGroup(s, null))];

    private static readonly ComposeRules Rules = new() { IsKnown = BuiltInKeys.IsKnown, KnownKeys = static () => BuiltInKeys.All, Underneath = Underneath, Sweeps = Sweeps.AsAxes, Spell = MegatronKeys.Spell };

    private readonly PlanRequest _request;
    private readonly Composer _composer;
    private readonly TemplateCache _templates = new(DollarRule.Escapes);
    private readonly Dictionary<string, Composition> _byChoice = [];
    private readonly ComposeRules _rules;
    private readonly DiagnosticBag _report;

    /// <param name="document">What a plan document means; null: the experiment is a file of keys and values.</param>
    private Compositions(PlanRequest request, Sweeps sweeps, ConfigNode.Mapping? document, DiagnosticBag report) =>
        (_request, _composer, _rules, _report) = (request, new Composer(request.Library) { Primary = document }, Rules with { Sweeps = sweeps }, report);

    /// <summary>Null when the file cannot be used at all.</summary>
    public static (Compositions All, Composition First)? Of(PlanRequest request, Sweeps sweeps, DiagnosticBag report)
    {
        var overrides = request.ReadOverrides(report);
        ConfigNode.Mapping? document = null;
        if (PlanDocuments.Claims(request.Experiment))
        {
            if (PlanExperiments.Read(request.Experiment, request.Library, overrides, report) is not var (tree, rest)) return null;
            (document, overrides) = (tree, rest);
        }
        var all = new Compositions(request, sweeps, document, report);
        return all.Compose(overrides) is { } first ? (all, all._byChoice[""] = first) : null;
    }

    /// <summary>The composition with a choice that a sweep makes; null, with diagnostics, when there is none.</summary>
    public Composition? With(Composition first, ImmutableArray<SweepSetting> choice)
    {
        var name = string.Join('\n', choice.Select(static c => $"{c.Key}={c.Canonical}"));
        if (_byChoice.TryGetValue(name, out var known)) return known;
        return Compose([.. first.Composed.Overrides.Where(static o => !o.IsSweep), .. choice.Select(Chosen)]) is { } composed ? _byChoice[name] = composed : null;
    }

    /// <summary>Whether a sweep's key is a config group, so that its values choose files.</summary>
    public bool IsGroup(string key) => !key.Contains('.', StringComparison.Ordinal) && _request.Library.HasGroup(Group(key));

    /// <summary>Whether some <c>${…}</c> of any composition refers to a dotted key.</summary>
    public bool IsReferenced(string key) => _byChoice.Values.Any(c => c.References.Contains(key));

    /// <summary>The sweeps of the command line and of <c>hydra.sweeper.params</c>, as axes.</summary>
    public ImmutableArray<CommandLineAxis> Axes(Composition first)
    {
        var axes = ImmutableArray.CreateBuilder<CommandLineAxis>();
        foreach (var sweep in first.Composed.SweepOverrides)
        {
            if (sweep.Kind is OverrideKind.Change && !IsGroup(sweep.Key) && Merging.Find(first.Composed.Tree, sweep.Path.AsSpan()) is null && !BuiltInKeys.IsKnown(sweep.Key))
                _report.Error("CFG031", sweep.At, $"'{sweep.Text}' names nothing: there is no key '{sweep.Key}'", $"to sweep a key that the configuration lacks write +{sweep.Text}");
            var expansion = sweep.Expand(_request.Library.Options(Group(sweep.Key)));
            if (expansion.Mistake is { } mistake) _report.Error("CFG036", sweep.At, $"'{sweep.Text}' cannot be swept: {mistake}");
            else axes.Add(new(sweep.Target, sweep.At, [.. expansion.Values.Select(static v => v.ToNode())]));
        }
        return axes.DrainToImmutable();
    }

    private Composition? Compose(ImmutableArray<Override> overrides) =>
        _request.Compose(_composer, overrides, _rules, _report) is { } composed ? Composition.Of(composed, _templates, _report) : null;

    private static Override Chosen(SweepSetting setting)
    {
        var (group, value) = (Group(setting.Key), HydraOption(setting.Value));
        return new Override(OverrideKind.Change, group, group == setting.Key ? null : setting.Key[(group.Length + 1)..], new OverrideValue.Element(value), $"{setting.Key}={value.Text}") { At = setting.Value.At };
    }

    private static HydraValue HydraOption(ConfigNode node) => node switch
    {
        ConfigNode.Scalar scalar when ScalarValue.IsNull(scalar) => new HydraValue.Plain(scalar.At, ScalarValue.Null.Instance, "null"),
        ConfigNode.Scalar scalar => new HydraValue.Bare(scalar.At, scalar.Text),
        ConfigNode.Sequence list => new HydraValue.List(list.At, [.. list.Items.Select(HydraOption)]),
        _ => HydraValue.Of(node),
    };

    /// <summary>A choice's key without its package.</summary>
    private static string Group(string key) => key.IndexOf('@', StringComparison.Ordinal) is >= 0 and var at ? key[..at] : key;
}
